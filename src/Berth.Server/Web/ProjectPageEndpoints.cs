using Berth.Server.Access;
using Berth.Server.Ci;
using Berth.Server.Configuration;
using Berth.Server.Http.Tls;
using Berth.Server.Images;
using Berth.Server.Web.Pages;
using Berth.Server.Web.Places;

namespace Berth.Server.Web;

/// <summary>/GROUP/PROJECT, and how to use it from CI.</summary>
internal static class ProjectPageEndpoints
{
    private const int Newest = 5;

    public static void MapProjectPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/{project:required}", AtPath).WithMetadata(new AccessRule.PathPage());
        routes.MapGet("/{project}/-/ci", Ci).WithMetadata(new AccessRule.ProjectPage(AccessLevel.None));
    }

    private static Task<IResult> AtPath(
        ProjectPageAccess? access, PlacePageAccess? place, HttpContext context, ProjectImages images, ProjectPipelines pipelines, PlacePages places, BerthSettings settings, TimeProvider time) =>
        place is null ? Overview(access!, images, pipelines, settings, time, context.RequestAborted) : places.Show(place, context);

    private static async Task<IResult> Overview(
        ProjectPageAccess access, ProjectImages images, ProjectPipelines pipelines, BerthSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var tags = new List<TagLine>();
        if (access.Images is { } granted)
        {
            foreach (var image in await images.List(granted, "", Newest, cancellationToken))
                tags.AddRange((await images.Tags(image, null, Newest, cancellationToken)).Select(row => ProjectHeads.Of(access, settings, image, row)));
        }
        var runs = access.SeesPipelines ? await pipelines.Page(access.Project.Id, long.MaxValue, Newest, cancellationToken) : [];
        return PageResult.Of<ProjectPage>(Viewer.Of(access.Session, time), new ProjectView(ProjectHeads.Of(access, settings, "overview"),
            [.. tags.OrderByDescending(tag => tag.PublishedAt).Take(Newest)], [.. runs.Select(ProjectHeads.Of)], settings.RegistryHost, $"{settings.ExternalOrigin}/{access.Project.FullPath}.git")
        {
            Description = access.Project.Description,
        });
    }

    private static IResult Ci(ProjectPageAccess access, BerthSettings settings, TimeProvider time, IServiceProvider services) => PageResult.Of<CiPage>(Viewer.Of(access.Session, time),
        new CiInstructions(settings, services.GetService<ServerCertificate>()?.AuthorityFingerprint).For(ProjectHeads.Of(access, settings, "ci"), access.Project.Id));
}
