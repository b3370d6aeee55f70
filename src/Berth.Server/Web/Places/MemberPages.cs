using System.Globalization;
using Berth.Server.Access;
using Berth.Server.Access.Accounts;
using Berth.Server.Database;
using Berth.Server.Projects;
using Berth.Server.Web.Account;
using Members = Berth.Server.Projects.Members;

namespace Berth.Server.Web.Places;

/// <summary>The page of the members of a project or group, and its forms; who may do what is <see cref="Projects.Members"/>' to say.</summary>
internal sealed class MemberPages(Members members, Users users, TimeProvider time)
{
    private const int PageSize = 100;

    public async Task<IResult> Show(MembersPlace at, HttpContext context, FormView form, string? refusal = null)
    {
        var (place, frame, session) = at;
        var page = PageQuery.Page(context, PageSize);
        var (rows, counted) = await members.List(place, MemberListing.OwnAndEffective, "", page, context.RequestAborted);
        var here = place.ProjectId is null ? place.Entity.Path : null;
        var manages = place.Role >= place.Manages;
        var roles = manages ? MemberTerms.Roles.Where(role => role <= place.Role).Select(role => new Choice(((int)role).ToString(CultureInfo.InvariantCulture), role.ToString())).ToList() : [];
        var lines = rows.Select(row => Line(row, place, here, manages));
        return PageResult.Of<MembersPage>(Viewer.Of(session, time), new MembersView(frame, [.. lines], form, roles, refusal, PageQuery.Next(frame.MembersUrl, page, counted)), form.IsGood && refusal is null ? 200 : 422);
    }

    public async Task<IResult> Add(MembersPlace at, HttpContext context)
    {
        var form = await FormView.Read(context);
        var (level, end) = Read(form);
        if (await users.FindByName(form["username"].Trim(), context.RequestAborted) is not { IsBot: false } user)
            form.Refuse("username", "Nobody is called so.");
        else if (form.IsGood && Refusal(await members.Add(at.Place, user, level, end)) is { } refusal)
            form.Refuse("username", refusal);
        return form.IsGood ? PageResult.SeeOther(at.Frame.MembersUrl, PageNote.MemberAdded) : await Show(at, context, form);
    }

    public async Task<IResult> Change(MembersPlace at, long user, HttpContext context)
    {
        var form = await FormView.Read(context);
        var (level, end) = Read(form);
        var refusal = form.IsGood ? Refusal(await members.Change(at.Place, user, level, _ => end)) : form.Error("expires_at") ?? form.Error("access_level");
        return refusal is null ? PageResult.SeeOther(at.Frame.MembersUrl, PageNote.MemberChanged) : await Show(at, context, Empty(), refusal);
    }

    public async Task<IResult> Remove(MembersPlace at, long user, HttpContext context)
    {
        if (Refusal(await members.Remove(at.Place, user)) is { } refusal)
            return await Show(at, context, Empty(), refusal);
        // Who left may see nothing of it any more.
        return user == at.Place.Caller.UserId ? PageResult.SeeOther("/", PageNote.Left) : PageResult.SeeOther(at.Frame.MembersUrl, PageNote.MemberRemoved);
    }

    public static FormView Empty() => new FormView().With("access_level", "30");

    private (AccessLevel Level, long? End) Read(FormView form)
    {
        var level = MemberTerms.Roles.FirstOrDefault(role => ((int)role).ToString(CultureInfo.InvariantCulture) == form["access_level"]);
        if (level == AccessLevel.None)
            form.Refuse("access_level", "Choose a role.");
        var (end, _, refusal) = MemberTerms.ReadEnd(form["expires_at"], time);
        form.Refuse("expires_at", refusal);
        return (level, end);
    }

    private static MemberLine Line(MemberRow row, MemberPlace place, string? here, bool manages)
    {
        var isOwn = row.GroupPath == here;
        return new MemberLine(row.UserId, row.Username, row.Name, ((AccessLevel)row.Level).ToString(), (int)row.Level,
            row.ExpiresAt is { } at ? TokenForm.Day(DateOnly.FromDateTime(Clock.FromMicros(at).UtcDateTime)) : null, row.State != 1, isOwn ? null : row.GroupPath,
            isOwn && manages && row.Level <= (long)place.Role, isOwn && row.UserId == place.Caller.UserId);
    }

    private static string? Refusal(MemberOutcome outcome) => outcome switch
    {
        MemberOutcome.Done => null,
        MemberOutcome.Exists => "This user is a member here already.",
        MemberOutcome.Missing => "This user is no member here any more.",
        MemberOutcome.Forbidden forbidden => ErrorPages.Sentence(forbidden.Reason),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
