namespace Berth.Server.Access.Audit;

/// <summary>Who did something, as the API shows it in short.</summary>
internal sealed record ApiAuthor(long Id, string? Username);
