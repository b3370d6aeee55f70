using Berth.Server.Access.Tokens;
using Berth.Server.Http;

namespace Berth.Server.Access.Accounts;

/// <summary>
/// Which users a list is asked for, as GitLab's parameters say it. Only administrators search e-mail addresses and see bots: those
/// are named after the tokens of projects that others may not see.
/// </summary>
internal sealed record UserFilter(ApiPage Page, object Parameters)
{
    private const long People = 1;

    /// <summary>GitLab's. Numbers are given in the order of time.</summary>
    private static readonly string[] Orders = ["id", "name", "username", "created_at", "updated_at"];

    public static (UserFilter? Filter, IResult? Refusal) Read(IQueryCollection query, ApiPage page, Caller caller)
    {
        bool Flag(string name) => ApiFlags.IsSet(query, name);
        if (!ApiTime.TryRead(query["created_after"], 0, out var after) || !ApiTime.TryRead(query["created_before"], long.MaxValue, out var before))
            return (null, ApiError.BadRequest("created_after, created_before are invalid: " + ApiTime.Form));
        var kind = Flag("exclude_humans") ? Bots.Kind : (Flag("humans") || Flag("without_project_bots") || Flag("exclude_internal") ? People : 0);
        var words = new QueryWords(query);
        var order = words.One("order_by", Orders);
        var direction = words.One("sort", QueryWords.Directions);
        if (words.Refusal is { } refusal)
            return (null, refusal);
        return (new(page, new
        {
            state = Flag("active") ? UserState.Active : (Flag("blocked") ? UserState.Blocked : 0),
            without = Flag("exclude_active") ? UserState.Active : 0,
            kind = caller.IsAdmin ? kind : (kind == Bots.Kind ? -1 : People),
            adminsOnly = Flag("admins") && caller.IsAdmin ? 1L : 0L,
            after,
            before,
            pattern = LikePattern.Holding(query["search"]),
            emails = caller.IsAdmin ? 1L : 0L,
            order = order is "name" or "username" ? order : "id",
            descending = direction == "asc" ? 0L : 1L,
            limit = page.Needed,
        }), null);
    }
}
