namespace Berth.Pipelines;

/// <summary>A variable; in a raw one <c>$</c> is an ordinary character (<c>expand: false</c>).</summary>
public sealed record VariableDefinition(string Key, string Value, bool Raw);
