using Berth.Oci;

namespace Berth.Server.Images;

/// <summary>
/// The layers of an image beside the lines of its build. Every line that made a layer stands for the next one, in order (image-spec
/// 1.1, config.md, "history"); builders that squash or rewrite images leave other numbers of them.
/// </summary>
internal static class BuildHistory
{
    private const string ShellPrefix = "/bin/sh -c ";
    private const string NoOperation = "#(nop)";
    private const string BuildKitSuffix = " # buildkit";

    /// <summary>Each step with its layer, if it made one; layers that no step is left for come last, without a step.</summary>
    /// <param name="layers">Of the manifest.</param>
    /// <param name="history">Of the config; empty if there is none.</param>
    public static List<BuiltLayer> Of(IReadOnlyList<Descriptor> layers, IReadOnlyList<BuildStep> history)
    {
        var built = new List<BuiltLayer>(Math.Max(layers.Count, history.Count));
        var next = 0;
        foreach (var step in history)
            built.Add(new BuiltLayer(step.IsEmpty || next == layers.Count ? null : layers[next++], step));
        while (next < layers.Count)
            built.Add(new BuiltLayer(layers[next++], null));
        return built;
    }

    /// <summary>Whether there is a line for each layer, and a layer for each line that says so.</summary>
    public static bool Fits(IReadOnlyList<Descriptor> layers, IReadOnlyList<BuildStep> history) => history.Count(step => !step.IsEmpty) == layers.Count;

    /// <summary>A step as its Dockerfile says it: without what builders wrap it into.</summary>
    public static string Instruction(BuildStep step)
    {
        var text = step.CreatedBy.Trim();
        if (text.EndsWith(BuildKitSuffix, StringComparison.Ordinal))
            text = text[..^BuildKitSuffix.Length];
        if (text.StartsWith("RUN " + ShellPrefix, StringComparison.Ordinal))
            return "RUN " + text[("RUN " + ShellPrefix).Length..];
        if (!text.StartsWith(ShellPrefix, StringComparison.Ordinal))
            return text;
        text = text[ShellPrefix.Length..].TrimStart();
        return text.StartsWith(NoOperation, StringComparison.Ordinal) ? text[NoOperation.Length..].TrimStart() : "RUN " + text;
    }
}

/// <summary>A layer and the step that made it; one of them may be missing.</summary>
internal sealed record BuiltLayer(Descriptor? Layer, BuildStep? Step);
