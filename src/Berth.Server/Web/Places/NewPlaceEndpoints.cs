using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Database;
using Berth.Server.Projects;

namespace Berth.Server.Web.Places;

/// <summary>The forms of a new project and a new group. Who may make it where is the stores' to say, as for the REST API.</summary>
internal static class NewPlaceEndpoints
{
    /// <summary>Not GitLab's /projects/new: that may be somebody's project.</summary>
    public const string ProjectPath = "/-/projects/new";

    public const string GroupPath = "/groups/new";

    /// <summary>Namespaces that a form offers; of more, the others' own pages lead to it.</summary>
    private const int Offered = 200;

    public static void MapNewPlacePages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(ProjectPath, ShowProject).WithMetadata(new AccessRule.Page());
        routes.MapPost(ProjectPath, CreateProject).WithMetadata(new AccessRule.Page());
        routes.MapGet(GroupPath, ShowGroup).WithMetadata(new AccessRule.Page());
        routes.MapPost(GroupPath, CreateGroup).WithMetadata(new AccessRule.Page());
    }

    private static Task<IResult> ShowProject(PageAccess access, HttpContext context, NamespaceList namespaces, TimeProvider time) =>
        ProjectForm(access, context, namespaces, time, new FormView().With("namespace", PageQuery.Text(context, "namespace") is { Length: > 0 } asked ? asked : access.Caller.Username).With("visibility", "private"), 200);

    private static async Task<IResult> CreateProject(PageAccess access, HttpContext context, NamespaceList namespaces, ProjectStore projects, TimeProvider time)
    {
        var form = await FormView.Read(context);
        Words.TryParse<Visibility>(form["visibility"], out var visibility);
        form.Refuse("path", NamespacePath.Refusal(form["path"].Trim())).Refuse("description", Descriptions.Refusal(form["description"]));
        if (await namespaces.Find(access.Caller, form["namespace"], context.RequestAborted) is not { } home)
            form.Refuse("namespace", "There is no such place in which you have a role.");
        else if (form.IsGood)
        {
            var wanted = new NewProject(0, form["path"].Trim(), form["path"].Trim(), visibility, access.Caller.UserId, time.Micros()) { Description = form["description"] };
            if (PlaceForm.Refuse(form, await projects.Create(access.Api, home.Id, wanted)) is { } made)
                return PageResult.SeeOther($"/{made.FullPath}", PageNote.ProjectCreated);
        }
        return await ProjectForm(access, context, namespaces, time, form, 422);
    }

    private static Task<IResult> ShowGroup(PageAccess access, HttpContext context, NamespaceList namespaces, TimeProvider time) =>
        GroupForm(access, context, namespaces, time, new FormView().With("parent", PageQuery.Text(context, "parent")).With("visibility", "private"), 200);

    private static async Task<IResult> CreateGroup(PageAccess access, HttpContext context, NamespaceList namespaces, GroupStore groups, TimeProvider time)
    {
        var form = await FormView.Read(context);
        Words.TryParse<Visibility>(form["visibility"], out var visibility);
        var (path, name) = (form["path"].Trim(), form["name"].Trim() is { Length: > 0 } given ? given : form["path"].Trim());
        form.Refuse("path", NamespacePath.Refusal(path)).Refuse("name", PlainText.Refusal(name)).Refuse("description", Descriptions.Refusal(form["description"]));
        NamespaceRow? parent = null;
        if (form["parent"].Length > 0 && ((parent = await namespaces.Find(access.Caller, form["parent"], context.RequestAborted)) is null || !parent.IsGroup))
            form.Refuse("parent", "There is no such group in which you have a role.");
        if (form.IsGood)
        {
            var wanted = new NewGroup(parent?.Id, path, name, form["description"], visibility, AccessLevel.Maintainer, PushCreatesProjects: false);
            if (PlaceForm.Refuse(form, await groups.Create(access.Api, wanted)) is { } made)
                return PageResult.SeeOther($"/{made.FullPath}", PageNote.GroupCreated);
        }
        return await GroupForm(access, context, namespaces, time, form, 422);
    }

    private static async Task<IResult> ProjectForm(PageAccess access, HttpContext context, NamespaceList namespaces, TimeProvider time, FormView form, int status)
    {
        var places = await Places(access, context, namespaces, form["namespace"], AccessLevel.Developer, groupsOnly: false);
        return PageResult.Of<NewProjectPage>(Viewer.Of(access.Session, time), new NewPlaceView(form, places), status);
    }

    private static async Task<IResult> GroupForm(PageAccess access, HttpContext context, NamespaceList namespaces, TimeProvider time, FormView form, int status)
    {
        var places = await Places(access, context, namespaces, form["parent"], AccessLevel.Maintainer, groupsOnly: true);
        return PageResult.Of<NewGroupPage>(Viewer.Of(access.Session, time), new NewPlaceView(form, [new("", "None: at the top"), .. places]), status);
    }

    /// <summary>Where one has at least a role, and the one that was asked for, if it is there for the caller.</summary>
    private static async Task<List<Choice>> Places(PageAccess access, HttpContext context, NamespaceList namespaces, string asked, AccessLevel least, bool groupsOnly)
    {
        var rows = await namespaces.Held(access.Caller, least, Offered, context.RequestAborted);
        if (asked.Length > 0 && !rows.Exists(row => row.FullPath == asked) && await namespaces.Find(access.Caller, asked, context.RequestAborted) is { } other)
            rows.Add(other);
        return [.. rows.Where(row => !groupsOnly || row.IsGroup).Select(row => new Choice(row.FullPath, row.FullPath))];
    }
}
