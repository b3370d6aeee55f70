using Berth.Server.Configuration;

namespace Berth.Server.Access.Accounts;

/// <summary>A user as GitLab's API shows one to everyone who is signed in.</summary>
internal class ApiUser(UserRow user, BerthSettings settings)
{
    public long Id => user.Id;
    public string Username => user.Username;
    public string Name => user.Name;
    public string State => UserState.Word(user.State);
    public bool Locked => false;
    public string? AvatarUrl => null;
    public string WebUrl => $"{settings.ExternalOrigin}/{user.Username}";
    public string? PublicEmail => null;
    public string CreatedAt => ApiTime.Of(user.CreatedAt);
    public bool Bot => user.IsBot;

    protected UserRow User => user;
}

/// <summary>A user as administrators see one, and everyone themself.</summary>
internal sealed class ApiWholeUser(UserRow user, BerthSettings settings) : ApiUser(user, settings)
{
    public string? Email => User.Email;
    public string? CommitEmail => User.Email;
    public bool IsAdmin => User.IsAdmin != 0;
    public string? LastSignInAt => ApiTime.Of(User.SignedInAt);
    public string? CurrentSignInAt => ApiTime.Of(User.SignedInAt);
    public string ConfirmedAt => ApiTime.Of(User.CreatedAt);
    public IReadOnlyList<string> Identities => [];
    public bool CanCreateGroup => !User.IsBot;
    public bool CanCreateProject => !User.IsBot;
    public bool TwoFactorEnabled => false;
    public bool External => false;
    public bool PrivateProfile => false;
    public long? NamespaceId => User.NamespaceId;
}
