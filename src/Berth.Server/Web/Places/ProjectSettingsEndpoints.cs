using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Configuration;
using Berth.Server.Projects;

namespace Berth.Server.Web.Places;

/// <summary>/GROUP/PROJECT/-/edit, as GitLab's: settings, rename, transfer, delete. The roles are those of the REST API's routes.</summary>
internal static class ProjectSettingsEndpoints
{
    private const string Edit = "/{project}/-/edit";
    private const int Offered = 200;

    public static void MapProjectSettings(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Edit, Show).WithMetadata(new AccessRule.ProjectPage(AccessLevel.Maintainer));
        routes.MapPost(Edit, Change).WithMetadata(new AccessRule.ProjectPage(AccessLevel.Maintainer));
        routes.MapPost(Edit + "/rename", Rename).WithMetadata(new AccessRule.ProjectPage(AccessLevel.Maintainer));
        routes.MapPost(Edit + "/transfer", Transfer).WithMetadata(new AccessRule.ProjectPage(AccessLevel.Owner));
        routes.MapPost(Edit + "/delete", Delete).WithMetadata(new AccessRule.ProjectPage(AccessLevel.Owner));
    }

    private static Task<IResult> Show(ProjectPageAccess page, HttpContext context, NamespaceList namespaces, BerthSettings settings, TimeProvider time) =>
        Page(page, context, namespaces, settings, time);

    private static async Task<IResult> Change(ProjectPageAccess page, ProjectAccess access, HttpContext context, ProjectStore projects, NamespaceList namespaces, BerthSettings settings, TimeProvider time)
    {
        var form = await FormView.Read(context);
        var name = form["name"].Trim();
        form.Refuse("name", name.Length == 0 ? "A project needs a name." : PlainText.Refusal(name)).Refuse("description", Descriptions.Refusal(form["description"]));
        if (!Words.TryParse<Visibility>(form["visibility"], out var visibility))
            form.Refuse("visibility", "Choose who sees it.");
        if (!Words.TryParse<RegistryAccessLevel>(form["registry"], out var registry))
            form.Refuse("registry", "Choose who uses it.");
        if (form.IsGood)
            PlaceForm.Refuse(form, await projects.Change(access, new ProjectChanges(visibility, registry, form.Has("sparse", "yes"), null, name, form["description"])));
        return form.IsGood ? PageResult.SeeOther($"/{access.Project.FullPath}/-/edit", PageNote.Saved) : await Page(page, context, namespaces, settings, time, form: form);
    }

    private static async Task<IResult> Rename(ProjectPageAccess page, ProjectAccess access, HttpContext context, ProjectStore projects, NamespaceList namespaces, BerthSettings settings, TimeProvider time)
    {
        var form = await FormView.Read(context);
        var path = form["path"].Trim();
        form.Refuse("path", NamespacePath.Refusal(path));
        if (form.IsGood && PlaceForm.Refuse(form, await projects.Change(access, new ProjectChanges(null, null, null, path, null, null))) is { } renamed)
            return PageResult.SeeOther($"/{renamed.FullPath}/-/edit", PageNote.Moved);
        return await Page(page, context, namespaces, settings, time, rename: form);
    }

    private static async Task<IResult> Transfer(ProjectPageAccess page, ProjectAccess access, HttpContext context, ProjectMoves moves, NamespaceList namespaces, BerthSettings settings, TimeProvider time)
    {
        var form = await FormView.Read(context);
        if (await namespaces.Find(access.Caller, form["namespace"], context.RequestAborted) is not { } home)
            form.Refuse("namespace", "There is no such place in which you have a role.");
        else if (PlaceForm.Refuse(form, await moves.Transfer(access, home.Id.ToString(System.Globalization.CultureInfo.InvariantCulture))) is { } moved)
            return PageResult.SeeOther($"/{moved.FullPath}/-/edit", PageNote.Moved);
        return await Page(page, context, namespaces, settings, time, transfer: form);
    }

    private static async Task<IResult> Delete(ProjectPageAccess page, ProjectAccess access, HttpContext context, ProjectStore projects, NamespaceList namespaces, BerthSettings settings, TimeProvider time)
    {
        var form = await FormView.Read(context);
        if (form["confirm"].Trim() != access.Project.FullPath)
            return await Page(page, context, namespaces, settings, time, delete: form.Refuse("confirm", $"Type {access.Project.FullPath} to delete it."));
        await projects.Delete(access);
        return PageResult.SeeOther("/", PageNote.ProjectDeleted);
    }

    private static async Task<IResult> Page(
        ProjectPageAccess page, HttpContext context, NamespaceList namespaces, BerthSettings settings, TimeProvider time,
        FormView? form = null, FormView? rename = null, FormView? transfer = null, FormView? delete = null)
    {
        var project = page.Project;
        var saved = new FormView().With("name", project.Name).With("description", project.Description).With("visibility", Words.Of(project.Facts.Visibility))
            .With("registry", Words.Of(project.Facts.RegistryAccess)).With("sparse", project.SparseManifests != 0 ? "yes" : "no");
        var homes = page.Owns ? (await namespaces.Held(page.Caller, AccessLevel.Developer, Offered, context.RequestAborted)).Where(row => row.Id != project.NamespaceId).Select(row => new Choice(row.FullPath, row.FullPath)) : [];
        var view = new SettingsView(PlaceFrames.Of(page, settings, "settings"), form ?? saved, rename ?? new FormView().With("path", project.Path), transfer ?? new FormView(), delete ?? new FormView(), page.Owns, [.. homes], project.TrashDays);
        var isRefused = (form ?? rename ?? transfer ?? delete) is not null;
        return PageResult.Of<ProjectSettingsPage>(Viewer.Of(page.Session, time), view, isRefused ? 422 : 200);
    }
}
