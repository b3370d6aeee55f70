using Berth.Server.Ci;

namespace Berth.Server.Web.Ci;

/// <summary>The form of a variable.</summary>
internal static class VariableForm
{
    public static readonly IReadOnlyList<Choice> Flags =
    [
        new("protected", "Protected", "Only for jobs of the default branch."),
        new("masked", "Masked", "Logs show [MASKED] in its place. At least 8 characters, no white space."),
        new("file", "File", "The job gets a file with this value, and the variable holds the file's path."),
        new("raw", "Raw", "A $ in the value is a $; otherwise $NAME in it stands for another variable."),
    ];

    public static FormView Empty() => new FormView().With("variable_flags", "protected");

    public static FormView Of(CiVariable variable)
    {
        var flags = new[] { (variable.Protected, "protected"), (variable.Masked, "masked"), (variable.IsFile, "file"), (variable.Raw, "raw") };
        return new FormView().With("value", variable.Value).With("variable_flags", [.. flags.Where(flag => flag.Item1).Select(flag => flag.Item2)]);
    }

    /// <summary>The variable that the form asks for; null if it is refused, and the form says why.</summary>
    public static CiVariable? Read(FormView form, string key)
    {
        // Browsers send the ends of lines as CR LF, whatever was typed; in a script or a key file that is wrong.
        var value = form["value"].Replace("\r\n", "\n", StringComparison.Ordinal);
        var wanted = new CiVariable(key, value, form.Has("variable_flags", "masked"), form.Has("variable_flags", "protected"), form.Has("variable_flags", "raw"), form.Has("variable_flags", "file"));
        if (wanted.Refusal() is not { } refusal)
            return wanted;
        form.Refuse(refusal.Field, refusal.Reason);
        return null;
    }

    public static VariableLine Line(CiVariable variable) => new(variable.Key, variable.Value, variable.Masked, variable.Protected, variable.Raw, variable.IsFile);
}
