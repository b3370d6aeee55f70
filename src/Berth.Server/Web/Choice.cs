namespace Berth.Server.Web;

/// <summary>One of several things that can be chosen. <c>Hint</c>: what it means.</summary>
public sealed record Choice(string Value, string Label, string? Hint = null);
