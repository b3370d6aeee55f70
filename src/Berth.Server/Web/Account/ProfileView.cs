namespace Berth.Server.Web.Account;

/// <summary>Who one is. Times in microseconds; <c>SignedInAt</c>: to the pages, last.</summary>
public sealed record ProfileView(string Username, string Name, string? Email, long CreatedAt, long? SignedInAt);
