using Berth.Server.Access;
using Berth.Server.Access.Accounts;
using Berth.Server.Access.Places;
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
        var listed = await projects.Describe(access.Caller, rows, cancel);
        var groups = await GroupsFrom(access, PageQuery.Text(context, "groups"), lists, pattern, isAll, cancel);
        var pushes = pattern.Length == 0 ? await projects.LastPushes(access.Caller, !isAll, Pushes, cancel) : await projects.LastPushes(access.Caller, rows, Pushes, cancel);
        var isNew = rows.Count == 0 && isFirst && filter.Length == 0 && !isAll;
        return PageResult.Of<HomePage>(Viewer.Of(access.Session, time), new HomeView(isAll, filter, [.. listed.Select(PlaceHeads.Of)], [.. groups.Take(Groups).Select(PlaceHeads.Of)], [.. pushes.Select(PlaceHeads.Of)], next, isFirst,
            isNew ? new FirstSteps(access.Caller.Username == Users.RootName, settings.RegistryHost, settings.ExternalOrigin) : null)
        {
            NextGroups = groups.Count > Groups ? $"/?{(isAll ? "show=all&" : "")}{(filter.Length > 0 ? $"name={Uri.EscapeDataString(filter)}&" : "")}groups={Uri.EscapeDataString(groups[Groups].FullPath.ToLowerInvariant())}" : null,
        });
    }

    private static async Task<(List<ProjectRow> Rows, string? Next, bool IsFirst)> ByPath(PageAccess access, HttpContext context, ProjectList projects, bool isAll)
    {
        var from = PageQuery.Text(context, "from");
        var rows = await projects.Page(access.Caller, from, PageSize + 1, !isAll, context.RequestAborted);
        var next = rows.Count > PageSize ? $"/?{(isAll ? "show=all&" : "")}from={Uri.EscapeDataString(rows[PageSize].FullPath.ToLowerInvariant())}" : null;
        return ([.. rows.Take(PageSize)], next, from.Length == 0);
    }

    /// <summary>One more than a page. Of all groups those at the top: the others are found below them, or by name.</summary>
    private static async Task<List<GroupRow>> GroupsFrom(PageAccess access, string from, ApiLists lists, string pattern, bool isAll, CancellationToken cancellationToken)
    {
        var named = new ListFilter(new ApiPage(1, Groups + 1)) { Pattern = pattern, Least = isAll && pattern.Length > 0 ? null : AccessLevel.Guest, From = from, Order = "path", IsCounted = false };
        var (rows, _) = await lists.Groups(access.Caller, named, cancellationToken);
        if (!isAll || pattern.Length > 0)
            return rows;
        var top = await lists.GroupsAtTop(access.Caller, from, Groups + 1, cancellationToken);
        return [.. rows.UnionBy(top, row => row.Id).OrderBy(row => row.FullPath.ToLowerInvariant(), StringComparer.Ordinal).Take(Groups + 1)];
    }

    private static async Task<(List<ProjectRow> Rows, string? Next, bool IsFirst)> ByName(PageAccess access, HttpContext context, ApiLists lists, string pattern, string filter, bool isAll)
    {
        var page = PageQuery.Page(context, PageSize);
        var (rows, counted) = await lists.Projects(access.Caller, new ListFilter(page) { Pattern = pattern, Least = isAll ? null : AccessLevel.Guest, Order = "path", IsCounted = false }, context.RequestAborted);
        return (rows, PageQuery.Next($"/?{(isAll ? "show=all&" : "")}name={Uri.EscapeDataString(filter)}", page, counted), page.Number == 1);
    }
}
