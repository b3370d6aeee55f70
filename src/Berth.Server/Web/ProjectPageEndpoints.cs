using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Http.Tls;
using Berth.Server.Web.Pages;
using Berth.Server.Web.Places;

namespace Berth.Server.Web;

/// <summary>/GROUP/PROJECT, and how to use it from CI.</summary>
internal static class ProjectPageEndpoints
{
    public static void MapProjectPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/{project:required}", AtPath).WithMetadata(new AccessRule.PathPage());
        routes.MapGet("/{project}/-/ci", Ci).WithMetadata(new AccessRule.ProjectPage(AccessLevel.None));
    }

    private static Task<IResult> AtPath(ProjectPageAccess? access, PlacePageAccess? place, HttpContext context, ProjectOverview overview, PlacePages places) =>
        place is null ? overview.Show(access!, context.RequestAborted) : places.Show(place, context);

    private static IResult Ci(ProjectPageAccess access, BerthSettings settings, TimeProvider time, IServiceProvider services) => PageResult.Of<CiPage>(Viewer.Of(access.Session, time),
        new CiInstructions(settings, services.GetService<ServerCertificate>()?.AuthorityFingerprint).For(ProjectHeads.Of(access, settings, "ci"), access.Project.Id));
}
