using Berth.Server.Access.Places;
using Berth.Server.Projects;

namespace Berth.Server.Web.Places;

/// <summary>What the forms of projects and groups have in common.</summary>
internal static class PlaceForm
{
    public static readonly IReadOnlyList<Choice> Visibilities =
    [
        new("private", "Private", "Its members alone see it."),
        new("internal", "Internal", "Everyone with an account here sees it."),
        new("public", "Public", "Everyone sees it, without an account too."),
    ];

    public static readonly IReadOnlyList<Choice> RegistryLevels =
    [
        new("enabled", "Everyone who sees the project", "They pull; members push by their role."),
        new("private", "Members alone", "Even where others see the project."),
        new("disabled", "Nobody", "Its images stay, and are out of reach."),
    ];

    public static readonly IReadOnlyList<Choice> Sparse = [new("yes", "Take indexes whose platforms are elsewhere", "Otherwise all that a manifest names has to be pushed before it.")];

    public static readonly IReadOnlyList<Choice> CreationLevels =
    [
        new("developer", "Developers and above"),
        new("maintainer", "Maintainers and above"),
        new("owner", "Owners"),
        new("noone", "Nobody", "But administrators."),
    ];

    public static readonly IReadOnlyList<Choice> PushCreates = [new("yes", "A first push makes its project", "By Developers and above, of an image or of code. Otherwise a push to a project that is not there is refused.")];

    /// <summary>Puts what a store refused of a project beside its field; the project if it was done.</summary>
    public static ProjectRow? Refuse(FormView form, ProjectOutcome outcome) => outcome switch
    {
        ProjectOutcome.Done done => done.Project,
        ProjectOutcome.Forbidden forbidden => Refuse<ProjectRow>(form, "namespace", ErrorPages.Sentence(forbidden.Reason)),
        ProjectOutcome.Invalid invalid => Refuse<ProjectRow>(form, invalid.Field, invalid.Reason),
        _ => Refuse<ProjectRow>(form, "namespace", "There is no such place any more."),
    };

    /// <summary>Puts what a store refused of a group beside its field; the group if it was done.</summary>
    public static GroupRow? Refuse(FormView form, GroupOutcome outcome) => outcome switch
    {
        GroupOutcome.Done done => done.Group,
        GroupOutcome.Forbidden forbidden => Refuse<GroupRow>(form, "parent", ErrorPages.Sentence(forbidden.Reason)),
        GroupOutcome.Invalid invalid => Refuse<GroupRow>(form, invalid.Field, invalid.Reason),
        _ => Refuse<GroupRow>(form, "parent", "There is no such group any more."),
    };

    /// <summary>Beside the field of ours that it is about; nothing was made or changed.</summary>
    private static T? Refuse<T>(FormView form, string field, string reason)
        where T : class
    {
        _ = field switch
        {
            "visibility_level" => form.Refuse("visibility", $"{char.ToUpperInvariant(reason[0])}{reason[1..].TrimEnd('.')}."),
            "namespace" or "new_namespace" => form.Refuse("namespace", reason),
            "parent_id" => form.Refuse("parent", reason),
            _ => form.Refuse(field, reason),
        };
        return null;
    }
}
