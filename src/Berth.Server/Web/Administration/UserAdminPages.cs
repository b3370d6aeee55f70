using System.Globalization;
using Berth.Server.Access;
using Berth.Server.Access.Accounts;

namespace Berth.Server.Web.Administration;

/// <summary>The pages of users for administrators; who may do what to whom is <see cref="Users"/>' to say.</summary>
internal sealed class UserAdminPages(Users users, TimeProvider time)
{
    private const int PageSize = 50;

    private static readonly IReadOnlyList<Choice> Admin = [new("yes", "Administrator", "May do everything everywhere, and all that is here.")];

    public async Task<IResult> List(PageAccess access, HttpContext context)
    {
        var (search, filter) = (PageQuery.Text(context, "search").Trim(), PageQuery.Text(context, "filter"));
        var page = PageQuery.Page(context, PageSize);
        var query = new QueryCollection(new Dictionary<string, Microsoft.Extensions.Primitives.StringValues>
        {
            ["search"] = search,
            ["humans"] = "true",
            ["admins"] = filter == "admins" ? "true" : "false",
            ["blocked"] = filter == "blocked" ? "true" : "false",
            ["order_by"] = "username",
            ["sort"] = "asc",
        });
        var (rows, counted) = await users.List(UserFilter.Read(query, page, access.Caller).Filter!, context.RequestAborted);
        var next = PageQuery.Next($"{UserAdminEndpoints.Path}?search={Uri.EscapeDataString(search)}&filter={Uri.EscapeDataString(filter)}", page, counted);
        return PageResult.Of<UsersPage>(Viewer.Of(access.Session, time), new UsersView([.. rows.Select(Line)], search, filter, next, page.Number == 1));
    }

    public IResult ShowNew(PageAccess access) => New(access, new FormView(), 200);

    public async Task<IResult> Create(PageAccess access, HttpContext context)
    {
        var form = await FormView.Read(context);
        var (username, name, email) = (form["username"].Trim(), Given(form["name"]), Given(form["email"]));
        var password = form["password"].Length > 0 ? form["password"] : null;
        if (UserFields.Refusal(username, name, email, password) is { } refusal)
            form.Refuse(refusal.Field, refusal.Reason);
        if (!form.IsGood)
            return New(access, form, 422);
        if (await users.Create(access.Api, new NewUser(username, name ?? username, email, password, form.Has("admin", "yes")), context.RequestAborted) is { } id)
            return PageResult.SeeOther(UrlOf(id), PageNote.UserCreated);
        return New(access, form.Refuse("username", "A user or group is called so already."), 422);
    }

    public async Task<IResult> Show(PageAccess access, long id, HttpContext context, FormView? form = null, FormView? password = null, FormView? delete = null, string? refusal = null)
    {
        if (await users.Find(id, context.RequestAborted) is not { IsBot: false } user)
            return Missing(context);
        form ??= new FormView().With("username", user.Username).With("name", user.Name).With("email", user.Email ?? "").With("admin", user.IsAdmin != 0 ? "yes" : "");
        var forms = (password ?? new FormView(), delete ?? new FormView());
        var isBad = refusal is not null || !form.IsGood || !forms.Item1.IsGood || !forms.Item2.IsGood;
        return PageResult.Of<UserPage>(Viewer.Of(access.Session, time), new UserDetails(Line(user), user.Id == access.Caller.UserId, form, forms.Item1, forms.Item2, Admin, refusal), isBad ? 422 : 200);
    }

    public async Task<IResult> Change(PageAccess access, long id, HttpContext context)
    {
        var form = await FormView.Read(context);
        var (username, name) = (form["username"].Trim(), Given(form["name"]));
        // An address that is taken out is empty; null would keep it.
        var email = form["email"].Trim();
        if (UserFields.Refusal(username, name, email, password: null) is { } refusal)
            form.Refuse(refusal.Field, refusal.Reason);
        if (!form.IsGood)
            return await Show(access, id, context, form);
        switch (await users.Change(access.Api, id, new UserChanges(username, name, email, Password: null, form.Has("admin", "yes")), context.RequestAborted))
        {
            case UserOutcome.Done:
                return PageResult.SeeOther(UrlOf(id), PageNote.Saved);
            case UserOutcome.Missing:
                return Missing(context);
            case UserOutcome.Invalid invalid:
                return await Show(access, id, context, form.Refuse(invalid.Field, invalid.Reason));
            case UserOutcome.Conflict conflict:
                return await Show(access, id, context, form.Refuse("username", ErrorPages.Sentence(conflict.Reason.TrimEnd('.'))));
            case UserOutcome.Forbidden forbidden:
                return await Show(access, id, context, form.Refuse("admin", ErrorPages.Sentence(forbidden.Reason)));
            case var outcome:
                throw new InvalidOperationException($"A user's change ended as {outcome}.");
        }
    }

    public async Task<IResult> ResetPassword(PageAccess access, long id, HttpContext context)
    {
        var form = await FormView.Read(context);
        if (Passwords.Refusal(form["password"]) is { } reason)
            return await Show(access, id, context, password: form.Refuse("password", reason));
        var outcome = await users.Change(access.Api, id, new UserChanges(null, null, null, form["password"], null), context.RequestAborted);
        return await Answer(access, id, outcome, UrlOf(id), PageNote.PasswordReset, context);
    }

    public async Task<IResult> SetBlocked(PageAccess access, long id, bool blocked, HttpContext context) =>
        await Answer(access, id, await users.SetBlocked(access.Api, id, blocked), UrlOf(id), blocked ? PageNote.UserBlocked : PageNote.UserUnblocked, context);

    public async Task<IResult> Delete(PageAccess access, long id, HttpContext context)
    {
        var form = await FormView.Read(context);
        if (await users.Find(id, context.RequestAborted) is not { IsBot: false } user)
            return Missing(context);
        if (form["confirm"].Trim() != user.Username)
            return await Show(access, id, context, delete: form.Refuse("confirm", $"Type {user.Username} to delete it."));
        return await Answer(access, id, await users.Delete(access.Api, id), UserAdminEndpoints.Path, PageNote.UserDeleted, context);
    }

    private async Task<IResult> Answer(PageAccess access, long id, UserOutcome outcome, string path, PageNote note, HttpContext context) => outcome switch
    {
        UserOutcome.Done => PageResult.SeeOther(path, note),
        UserOutcome.Missing => Missing(context),
        UserOutcome.Forbidden forbidden => await Show(access, id, context, refusal: ErrorPages.Sentence(forbidden.Reason)),
        UserOutcome.Conflict conflict => await Show(access, id, context, refusal: ErrorPages.Sentence(conflict.Reason)),
        UserOutcome.Invalid invalid => await Show(access, id, context, refusal: ErrorPages.Sentence($"{invalid.Field} {invalid.Reason}")),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    private IResult New(PageAccess access, FormView form, int status) => PageResult.Of<NewUserPage>(Viewer.Of(access.Session, time), new NewUserView(form, Admin), status);

    private static IResult Missing(HttpContext context) => PageResult.Refused(context, 404, "There is no such user.");

    private static string? Given(string text) => text.Trim() is { Length: > 0 } given ? given : null;

    private static string UrlOf(long id) => string.Create(CultureInfo.InvariantCulture, $"{UserAdminEndpoints.Path}/{id}");

    private static UserLine Line(UserRow row) => new(row.Id, row.Username, row.Name, row.Email, row.IsAdmin != 0, row.State != UserState.Active, row.CreatedAt, row.SignedInAt);
}
