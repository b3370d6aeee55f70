using Berth.Server.Access.Tokens;

namespace Berth.Server.Access.Accounts;

/// <summary>A user as the database has it; times in microseconds. <c>SignedInAt</c>: to the pages, last.</summary>
internal sealed record UserRow(
    long Id, string Username, string Name, string? Email, long IsAdmin, long State, long Kind, long CreatedAt, long? SignedInAt, long? NamespaceId)
{
    /// <summary>Whether this is no person but what a project's or group's token acts as.</summary>
    public bool IsBot => Kind == Bots.Kind;
}
