using Berth.Server.Ci;

namespace Berth.Server.Web.Ci;

/// <summary>The form of a new runner, and the rows of lists of runners.</summary>
internal static class RunnerForm
{
    public static readonly IReadOnlyList<Choice> Flags =
    [
        new("untagged", "Run jobs without tags", "Otherwise only jobs whose tags it has."),
        new("protected", "Protected refs only", "Only jobs of the default branch, so that no other branch gets at what this runner's machine holds."),
    ];

    public static FormView Empty() => new FormView().With("flags", "untagged");

    /// <summary>The runner that the form asks for; null if it is refused, and the form says why.</summary>
    public static NewRunner? Read(FormView form, long? projectId, long? userId)
    {
        var wanted = new NewRunner(projectId, userId, form["description"].Trim(), NewRunner.CleanTags(form["tags"].Split(',')), form.Has("flags", "untagged"), Locked: false, Paused: false, form.Has("flags", "protected"), MaximumTimeout: null);
        if (wanted.Refusal() is not { } refusal)
            return wanted;
        _ = refusal.Field == "tags_list" && wanted.Tags.Count == 0
            ? form.Refuse("tags", "A runner that takes no jobs without tags needs tags.")
            : form.Refuse(refusal.Field == "tags_list" ? "tags" : refusal.Field, refusal.Reason);
        return null;
    }

    /// <summary><paramref name="now"/> in microseconds.</summary>
    public static RunnerLine Line(RunnerRow row, long now, bool isChanged) => new(
        row.Id, row.Description, row.Status(now), row.Paused != 0, row.TagList(), row.RunUntagged != 0, row.ProtectedOnly != 0, row.ContactedAt, isChanged)
    {
        Version = string.Join(", ", new[] { row.Version, row.Platform }.Where(text => !string.IsNullOrEmpty(text))),
        IsOfInstance = row.ProjectId is null,
    };
}
