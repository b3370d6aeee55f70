using System.Net;
using Berth.Server.Access.Places;

namespace Berth.Server.Access.Audit;

/// <summary>One change of a right or a credential, to be written down by <see cref="AuditEvents.Record"/>.</summary>
/// <param name="At">When, in microseconds: the transaction's now.</param>
/// <param name="By">Who: a <see cref="Caller"/>, or <see cref="AuditActor.Operator"/>, <see cref="AuditActor.System"/>.</param>
/// <param name="Action">A noun and a verb: 'token.create', 'member.add'.</param>
/// <param name="On">What it belongs to, and is found by.</param>
internal sealed record AuditEvent(long At, AuditActor By, string Action, AuditEntity On)
{
    /// <summary>What it is about within the entity; none where that is the entity itself.</summary>
    public AuditTarget Target { get; init; }

    /// <summary>Further facts, as <c>new { from = "private", to = "public" }</c>; written as JSON. Never a secret, nor a value of a variable.</summary>
    public object? Details { get; init; }
}

/// <summary>Who did it. A <see cref="Caller"/> is one as it stands.</summary>
internal sealed record AuditActor(long? UserId, string Name, string Credential, IPAddress? Address)
{
    /// <summary>Who may open the socket in the data directory, or runs the program.</summary>
    public static readonly AuditActor Operator = new(null, "operator", "operator", null);

    /// <summary>Berth by itself, on a schedule.</summary>
    public static readonly AuditActor System = new(null, "system", "system", null);

    public static implicit operator AuditActor(Caller caller) => new(caller.UserId, caller.IsAnonymous ? "anonymous" : caller.Username, caller.Credential, caller.Address);
}

/// <summary>What an event belongs to; <c>Path</c> as it is then: it may change.</summary>
internal readonly record struct AuditEntity(string Kind, long Id, string Path)
{
    public static readonly AuditEntity Instance = new("instance", 0, "");

    public static AuditEntity User(long id, string username) => new("user", id, username);

    public static AuditEntity Group(long id, string path) => new("group", id, path);

    public static AuditEntity Project(long id, string path) => new("project", id, path);

    public static AuditEntity Project(ProjectRow project) => new("project", project.Id, project.FullPath);
}

/// <summary>What an event is about, as a token: its kind ('personal_access_token'), number and name.</summary>
internal readonly record struct AuditTarget(string Kind, long? Id, string Name);
