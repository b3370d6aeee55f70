using Berth.Server.Access;
using Berth.Server.Access.Accounts;

namespace Berth.Server.Web.Account;

/// <summary>/-/user_settings/profile, as GitLab's: who one is here. What of it changes is the administrators' to change.</summary>
internal static class ProfileEndpoints
{
    public const string Path = "/-/user_settings/profile";

    public static void MapProfilePage(this IEndpointRouteBuilder routes) => routes.MapGet(Path, Show).WithMetadata(new AccessRule.Page());

    private static async Task<IResult> Show(PageAccess access, Users users, TimeProvider time, CancellationToken cancellationToken)
    {
        var user = await users.Find(access.Caller.UserId!.Value, cancellationToken) ?? throw new InvalidOperationException("A session has no user.");
        return PageResult.Of<ProfilePage>(Viewer.Of(access.Session, time), new ProfileView(user.Username, user.Name, user.Email, user.CreatedAt, user.SignedInAt));
    }
}
