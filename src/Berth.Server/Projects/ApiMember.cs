using Berth.Server.Access;
using Berth.Server.Access.Accounts;
using Berth.Server.Configuration;

namespace Berth.Server.Projects;

/// <summary>A member as GitLab's API shows one.</summary>
internal sealed class ApiMember(MemberRow member, BerthSettings settings)
{
    public long Id => member.UserId;
    public string Username => member.Username;
    public string Name => member.Name;
    public string State => UserState.Word(member.State);
    public string? AvatarUrl => null;
    public string WebUrl => $"{settings.ExternalOrigin}/{member.Username}";
    public long AccessLevel => member.Level;

    /// <summary>The first day on which the membership counts no more.</summary>
    public string? ExpiresAt => ApiTime.Day(member.ExpiresAt);
    public string CreatedAt => ApiTime.Of(member.CreatedAt);
    public string MembershipState => "active";
}
