using Berth.Server.Access;
using Berth.Server.Projects;
using Berth.Server.Web.Account;

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
    public static ProjectRow? Refuse(FormView form, ProjectOutcome outcome)
    {
        switch (outcome)
        {
            case ProjectOutcome.Done done:
                return done.Project;
            case ProjectOutcome.Forbidden forbidden:
                form.Refuse("namespace", ErrorPages.Sentence(forbidden.Reason));
                return null;
            case ProjectOutcome.Invalid invalid:
                Refuse(form, invalid.Field, invalid.Reason);
                return null;
            default:
                form.Refuse("namespace", "There is no such place any more.");
                return null;
        }
    }

    /// <summary>Puts what a store refused of a group beside its field; the group if it was done.</summary>
    public static GroupRow? Refuse(FormView form, GroupOutcome outcome)
    {
        switch (outcome)
        {
            case GroupOutcome.Done done:
                return done.Group;
            case GroupOutcome.Forbidden forbidden:
                form.Refuse("parent", ErrorPages.Sentence(forbidden.Reason));
                return null;
            case GroupOutcome.Invalid invalid:
                Refuse(form, invalid.Field, invalid.Reason);
                return null;
            default:
                form.Refuse("parent", "There is no such group any more.");
                return null;
        }
    }

    /// <summary>Puts what a store refused beside the field of ours that it is about.</summary>
    private static void Refuse(FormView form, string field, string reason) => _ = field switch
    {
        "visibility_level" => form.Refuse("visibility", $"{char.ToUpperInvariant(reason[0])}{reason[1..].TrimEnd('.')}."),
        "namespace" or "new_namespace" => form.Refuse("namespace", reason),
        "parent_id" => form.Refuse("parent", reason),
        _ => form.Refuse(field, reason),
    };
}
