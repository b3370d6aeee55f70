using Berth.Server.Access;
using Berth.Server.Access.Places;
using Berth.Server.Projects;

namespace Berth.Server.Web.Places;

/// <summary>/groups/GROUP/-/edit, as GitLab's: settings, rename, transfer, delete; for Owners, as by the REST API.</summary>
internal static class GroupSettingsEndpoints
{
    private const string Edit = "/groups/{group}/-/edit";
    private const int Offered = 200;

    public static void MapGroupSettings(this IEndpointRouteBuilder routes)
    {
        var rule = new AccessRule.GroupPage(AccessLevel.Owner);
        routes.MapGet(Edit, (PlacePageAccess page, HttpContext context, NamespaceList namespaces, TimeProvider time) => Page(page, context, namespaces, time)).WithMetadata(rule);
        routes.MapPost(Edit, Change).WithMetadata(rule);
        routes.MapPost(Edit + "/rename", Rename).WithMetadata(rule);
        routes.MapPost(Edit + "/transfer", Transfer).WithMetadata(rule);
        routes.MapPost(Edit + "/delete", Delete).WithMetadata(rule);
    }

    private static async Task<IResult> Change(PlacePageAccess page, GroupAccess access, HttpContext context, GroupStore groups, NamespaceList namespaces, TimeProvider time)
    {
        var form = await FormView.Read(context);
        var name = form["name"].Trim();
        form.Refuse("name", name.Length == 0 ? "A group needs a name." : PlainText.Refusal(name)).Refuse("description", Descriptions.Refusal(form["description"]));
        if (!Words.TryParse<Visibility>(form["visibility"], out var visibility))
            form.Refuse("visibility", "Choose who sees it.");
        if (GroupEndpoints.CreationLevel(form["creation"]) is not { } creation)
            form.Refuse("creation", "Choose who makes projects.");
        else if (form.IsGood)
            PlaceForm.Refuse(form, await groups.Change(access, new GroupChanges(null, name, form["description"], visibility, creation, form.Has("push", "yes"))));
        return form.IsGood ? PageResult.SeeOther($"/groups/{access.Group.FullPath}/-/edit", PageNote.Saved) : await Page(page, context, namespaces, time, form: form);
    }

    private static async Task<IResult> Rename(PlacePageAccess page, GroupAccess access, HttpContext context, GroupStore groups, NamespaceList namespaces, TimeProvider time)
    {
        var form = await FormView.Read(context);
        form.Refuse("path", NamespacePath.Refusal(form["path"].Trim()));
        if (form.IsGood && PlaceForm.Refuse(form, await groups.Change(access, new GroupChanges(form["path"].Trim(), null, null, null, null, null))) is { } renamed)
            return PageResult.SeeOther($"/groups/{renamed.FullPath}/-/edit", PageNote.Moved);
        return await Page(page, context, namespaces, time, rename: form);
    }

    private static async Task<IResult> Transfer(PlacePageAccess page, GroupAccess access, HttpContext context, GroupMoves moves, NamespaceList namespaces, TimeProvider time)
    {
        var form = await FormView.Read(context);
        NamespaceRow? parent = null;
        if (form["parent"].Length > 0 && ((parent = await namespaces.Find(access.Caller, form["parent"], context.RequestAborted)) is null || !parent.IsGroup))
            form.Refuse("parent", "There is no such group in which you have a role.");
        else if (PlaceForm.Refuse(form, await moves.Transfer(access, parent?.Id)) is { } moved)
            return PageResult.SeeOther($"/groups/{moved.FullPath}/-/edit", PageNote.Moved);
        return await Page(page, context, namespaces, time, transfer: form);
    }

    private static async Task<IResult> Delete(PlacePageAccess page, GroupAccess access, HttpContext context, GroupStore groups, NamespaceList namespaces, TimeProvider time)
    {
        var form = await FormView.Read(context);
        if (form["confirm"].Trim() != access.Group.FullPath)
            form.Refuse("confirm", $"Type {access.Group.FullPath} to delete it.");
        else if (!await groups.Delete(access))
            form.Refuse("confirm", "It still holds projects or subgroups: delete or transfer those first.");
        return form.IsGood ? PageResult.SeeOther("/", PageNote.GroupDeleted) : await Page(page, context, namespaces, time, delete: form);
    }

    private static async Task<IResult> Page(
        PlacePageAccess page, HttpContext context, NamespaceList namespaces, TimeProvider time, FormView? form = null, FormView? rename = null, FormView? transfer = null, FormView? delete = null)
    {
        var group = page.Place.Group;
        var saved = new FormView().With("name", group.Name).With("description", group.Description).With("visibility", Words.Of(group.Facts.Visibility))
            .With("creation", GroupEndpoints.CreationWord(group.ProjectCreation)).With("push", group.PushCreatesProjects != 0 ? "yes" : "no");
        var homes = (await namespaces.Held(page.Caller, AccessLevel.Maintainer, Offered, context.RequestAborted))
            .Where(row => row.IsGroup && row.Id != group.ParentId && row.FullPath != group.FullPath && !row.FullPath.StartsWith(group.FullPath + "/", StringComparison.OrdinalIgnoreCase))
            .Select(row => new Choice(row.FullPath, row.FullPath));
        if (group.ParentId is not null)
            homes = homes.Prepend(new Choice("", "None: to the top"));
        var view = new SettingsView(PlaceFrames.Of(page, "settings"), form ?? saved, rename ?? new FormView().With("path", group.Path), transfer ?? new FormView(), delete ?? new FormView(), Owns: true, [.. homes], 0);
        return PageResult.Of<GroupSettingsPage>(Viewer.Of(page.Session, time), view, (form ?? rename ?? transfer ?? delete) is null ? 200 : 422);
    }
}
