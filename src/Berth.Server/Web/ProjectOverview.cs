using Berth.Server.Access;
using Berth.Server.Ci;
using Berth.Server.Configuration;
using Berth.Server.Images;
using Berth.Server.Web.Pages;

namespace Berth.Server.Web;

/// <summary>A project's own page: its newest tags and pipelines, and how to begin.</summary>
internal sealed class ProjectOverview(ProjectImages images, ImageTags imageTags, ProjectPipelines pipelines, BerthSettings settings, TimeProvider time)
{
    private const int Newest = 5;

    public async Task<IResult> Show(ProjectPageAccess access, CancellationToken cancellationToken)
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
            [.. tags.OrderByDescending(tag => tag.PublishedAt).Take(Newest)], [.. runs.Select(ProjectHeads.Of)], settings.RegistryHost, $"{settings.ExternalOrigin}/{access.Project.FullPath}.git")
        {
            Description = access.Project.Description,
        });
    }
}
