using Berth.Server.Access;
using Berth.Server.Ci;
using Berth.Server.Configuration;
using Berth.Server.Http.Tls;
using Berth.Server.Images;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>/GROUP/PROJECT, and how to use it from CI.</summary>
internal static class ProjectPageEndpoints
{
    private const int Newest = 5;

    public static void MapProjectPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/{project:required}", Overview).WithMetadata(new AccessRule.ProjectPage(AccessLevel.None));
        routes.MapGet("/{project}/-/ci", Ci).WithMetadata(new AccessRule.ProjectPage(AccessLevel.None));
    }

    private static async Task<IResult> Overview(
        ProjectPageAccess access, ProjectImages images, ImageTags imageTags, ProjectPipelines pipelines, BerthSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var tags = new List<TagLine>();
        if (access.Images is { } granted)
        {
            var (newest, _) = await images.List(granted, new ImageFilter("", TagSort.Published, Descending: true, After: null), Newest, cancellationToken);
            foreach (var image in newest.Select(listed => listed.Image))
            {
                var (rows, _) = await imageTags.Page(image, new TagFilter("", TagSort.Published, Descending: true, After: null), Newest, cancellationToken);
                tags.AddRange(rows.Select(row => ImageHeads.Line(access, ImageHeads.Of(access, settings, image), image, row)));
            }
        }
        var runs = access.SeesPipelines ? await pipelines.Page(access.Project.Id, long.MaxValue, Newest, cancellationToken) : [];
        return PageResult.Of<ProjectPage>(Viewer.Of(access.Session, time), new ProjectView(ProjectHeads.Of(access, settings, "overview"),
            [.. tags.OrderByDescending(tag => tag.PublishedAt).Take(Newest)], [.. runs.Select(ProjectHeads.Of)], settings.RegistryHost, $"{settings.ExternalOrigin}/{access.Project.FullPath}.git"));
    }

    private static IResult Ci(ProjectPageAccess access, BerthSettings settings, TimeProvider time, IServiceProvider services) => PageResult.Of<CiPage>(Viewer.Of(access.Session, time),
        new CiInstructions(settings, services.GetService<ServerCertificate>()?.AuthorityFingerprint).For(ProjectHeads.Of(access, settings, "ci"), access.Project.Id));
}
