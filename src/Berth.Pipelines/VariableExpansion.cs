namespace Berth.Pipelines;

/// <summary>
/// The two ways in which GitLab expands variables in values: the server's, which puts references in order first, and the
/// runner's single pass.
/// </summary>
public static class VariableExpansion
{
    /// <summary>
    /// The runner's: <c>$A</c> and <c>${A}</c> become the value, an unknown one becomes empty, <c>$$</c> becomes <c>$</c>.
    /// What is put in is not looked at again.
    /// </summary>
    public static string Expand(string text, Func<string, string?> lookup) => throw new NotImplementedException();

    /// <summary>The runner's pass over a list: each value by the list's unexpanded ones, the last of a key winning; raw ones stay.</summary>
    public static IReadOnlyList<VariableDefinition> ExpandOnce(IReadOnlyList<VariableDefinition> variables) => throw new NotImplementedException();

    /// <summary>
    /// The server's: references to other variables of the list are resolved, nested ones too, one variable per key (the last).
    /// <c>$$</c>, unknown names and references to raw variables are left for the runner, and so are those to names of which
    /// <paramref name="isLeftToRunner"/> is true, as variables of files.
    /// </summary>
    public static ExpandedVariables ExpandNested(IReadOnlyList<VariableDefinition> variables, Func<string, bool>? isLeftToRunner = null) =>
        throw new NotImplementedException();
}
