namespace Berth.Server.Web.Places;

/// <summary>A member. Time in microseconds; <c>Source</c>: the group above that the role comes from, or null; <c>IsChanged</c>: the viewer may change it.</summary>
public sealed record MemberLine(long UserId, string Username, string Name, string Role, int Level, string? EndDay, bool IsBlocked, string? Source, bool IsChanged, bool IsSelf);

/// <summary>The members of a project or group. <c>Roles</c>: those that the viewer may give; none for who may not.</summary>
public sealed record MembersView(PlaceFrame Frame, IReadOnlyList<MemberLine> Members, FormView Form, IReadOnlyList<Choice> Roles, string? Refusal, string? Next);
