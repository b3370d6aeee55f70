using System.Globalization;
using Berth.Server.Access;
using Berth.Server.Configuration;
using Berth.Server.Http;
using Berth.Server.Projects;
using Berth.Server.Web.Places;

namespace Berth.Server.Web.Home;

/// <summary>/: one's own projects and groups, or with ?show=all everything one may see, and what was pushed to them last.</summary>
internal static class HomeEndpoints
{
    private const int PageSize = 30;
    private const int Groups = 15;
    private const int Pushes = 6;

    public static void MapHomePage(this IEndpointRouteBuilder routes) => routes.MapGet("/", Home).WithMetadata(new AccessRule.Page());

    private static async Task<IResult> Home(PageAccess access, HttpContext context, ProjectList projects, ApiLists lists, BerthSettings settings, TimeProvider time)
    {
        var (isAll, filter, cancel) = (context.Request.Query["show"] == "all", PageQuery.Text(context, "name").Trim(), context.RequestAborted);
        var pattern = LikePattern.Holding(filter);
        var (rows, next, isFirst) = pattern.Length == 0 ? await ByPath(access, context, projects, isAll) : await ByName(access, context, lists, pattern, filter, isAll);
        var listed = await projects.Describe(rows, cancel);
        var (groups, _) = await lists.Groups(access.Caller, new ListFilter(new ApiPage(1, Groups)) { Pattern = pattern, Least = isAll ? null : AccessLevel.Guest, Order = "path", IsCounted = false }, cancel);
        var pushes = await projects.LastPushes(access.Caller, listed, Pushes, cancel);
        var isNew = rows.Count == 0 && isFirst && filter.Length == 0 && !isAll;
        return PageResult.Of<HomePage>(Viewer.Of(access.Session, time), new HomeView(isAll, filter, [.. listed.Select(PlaceHeads.Of)], [.. groups.Select(PlaceHeads.Of)], [.. pushes.Select(PlaceHeads.Of)], next, isFirst,
            isNew ? new FirstSteps(access.Caller.Username == Users.RootName, settings.RegistryHost, settings.ExternalOrigin) : null));
    }

    private static async Task<(List<ProjectRow> Rows, string? Next, bool IsFirst)> ByPath(PageAccess access, HttpContext context, ProjectList projects, bool isAll)
    {
        var from = PageQuery.Text(context, "from");
        var rows = await projects.Page(access.Caller, from, PageSize + 1, !isAll, context.RequestAborted);
        var next = rows.Count > PageSize ? $"/?{(isAll ? "show=all&" : "")}from={Uri.EscapeDataString(rows[PageSize].FullPath.ToLowerInvariant())}" : null;
        return ([.. rows.Take(PageSize)], next, from.Length == 0);
    }

    private static async Task<(List<ProjectRow> Rows, string? Next, bool IsFirst)> ByName(PageAccess access, HttpContext context, ApiLists lists, string pattern, string filter, bool isAll)
    {
        var number = PageQuery.Page(context, PageSize);
        var (rows, counted) = await lists.Projects(access.Caller, new ListFilter(new ApiPage(number, PageSize)) { Pattern = pattern, Least = isAll ? null : AccessLevel.Guest, Order = "path", IsCounted = false }, context.RequestAborted);
        var next = counted > number * PageSize ? string.Create(CultureInfo.InvariantCulture, $"/?{(isAll ? "show=all&" : "")}name={Uri.EscapeDataString(filter)}&page={number + 1}") : null;
        return (rows, next, number == 1);
    }
}
