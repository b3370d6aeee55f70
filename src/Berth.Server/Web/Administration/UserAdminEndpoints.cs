using Berth.Server.Access;

namespace Berth.Server.Web.Administration;

/// <summary>/admin/users, as GitLab's: found, made, changed, blocked, deleted by administrators.</summary>
internal static class UserAdminEndpoints
{
    public const string Path = "/admin/users";
    public const string NewPath = Path + "/new";

    public static void MapUserAdministration(this IEndpointRouteBuilder routes)
    {
        const string User = Path + "/{id:long}";
        var admin = new AccessRule.Page(Admin: true);
        routes.MapGet(Path, (PageAccess access, HttpContext context, UserAdminPages pages) => pages.List(access, context)).WithMetadata(admin);
        routes.MapGet(NewPath, (PageAccess access, UserAdminPages pages) => pages.ShowNew(access)).WithMetadata(admin);
        routes.MapPost(Path, (PageAccess access, HttpContext context, UserAdminPages pages) => pages.Create(access, context)).WithMetadata(admin);
        routes.MapGet(User, (PageAccess access, long id, HttpContext context, UserAdminPages pages) => pages.Show(access, id, context)).WithMetadata(admin);
        routes.MapPost(User, (PageAccess access, long id, HttpContext context, UserAdminPages pages) => pages.Change(access, id, context)).WithMetadata(admin);
        routes.MapPost(User + "/password", (PageAccess access, long id, HttpContext context, UserAdminPages pages) => pages.ResetPassword(access, id, context)).WithMetadata(admin);
        routes.MapPost(User + "/block", (PageAccess access, long id, HttpContext context, UserAdminPages pages) => pages.SetBlocked(access, id, true, context)).WithMetadata(admin);
        routes.MapPost(User + "/unblock", (PageAccess access, long id, HttpContext context, UserAdminPages pages) => pages.SetBlocked(access, id, false, context)).WithMetadata(admin);
        routes.MapPost(User + "/delete", (PageAccess access, long id, HttpContext context, UserAdminPages pages) => pages.Delete(access, id, context)).WithMetadata(admin);
    }
}
