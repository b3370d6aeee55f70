using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Projects;

namespace Berth.Server.Web.Places;

/// <summary>Gathers the page of a group or user: its subgroups, its projects, what was pushed last below it.</summary>
internal sealed class PlacePages(PlaceContents contents, ProjectList projects, BerthSettings settings, TimeProvider time)
{
    private const int PageSize = 30;
    private const int Groups = 100;
    private const int Pushes = 6;

    public async Task<IResult> Show(PlacePageAccess access, HttpContext context)
    {
        var (place, cancel) = (access.Place, context.RequestAborted);
        var from = PageQuery.Text(context, "from");
        var rows = await contents.Projects(access.Caller, place.Id, from, PageSize + 1, cancel);
        var groups = place.OwnerId is null ? await contents.Groups(access.Caller, place.Id, Groups, cancel) : [];
        var listed = await projects.Describe(access.Caller, rows.Take(PageSize), cancel);
        var pushes = await projects.LastPushes(access.Caller, place.FullPath, Pushes, cancel);
        var next = rows.Count > PageSize ? $"/{place.FullPath}?from={Uri.EscapeDataString(rows[PageSize].FullPath.ToLowerInvariant())}" : null;
        return PageResult.Of<PlacePage>(Viewer.Of(access.Session, time), new PlaceView(PlaceHeads.Of(access, "overview"), place.Description, [.. groups.Select(PlaceHeads.Of)],
            [.. listed.Select(PlaceHeads.Of)], [.. pushes.Select(PlaceHeads.Of)], next, from.Length == 0, $"{settings.RegistryHost}/{place.FullPath.ToLowerInvariant()}", settings.RegistryHost));
    }
}
