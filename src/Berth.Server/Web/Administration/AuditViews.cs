namespace Berth.Server.Web.Administration;

/// <summary>An event. <c>At</c> in microseconds; <c>Details</c> as 'name: value', several with commas.</summary>
public sealed record AuditLine(long Id, long At, string Actor, string Credential, string? Address, string Action, string Kind, string Entity, string Target, string Details);

/// <summary>A page of events, newest first, and the filter that they passed.</summary>
public sealed record AuditView(IReadOnlyList<AuditLine> Events, FormView Filter, IReadOnlyList<Choice> Kinds, string? Next, bool IsFirstPage);
