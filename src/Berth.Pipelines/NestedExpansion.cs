using System.Text;
using System.Text.RegularExpressions;

namespace Berth.Pipelines;

/// <summary>Expands variables in the order of their references (GitLab's lib/gitlab/ci/variables/collection/sort.rb).</summary>
internal sealed class NestedExpansion
{
    private readonly OrderedDictionary<string, VariableDefinition> _variables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VariableDefinition> _expanded = new(StringComparer.Ordinal);
    private readonly Func<VariableDefinition, bool> _isLeft;

    /// <summary>Characters made so far: values that double each other grow without bound.</summary>
    private long _length;

    private NestedExpansion(IEnumerable<VariableDefinition> variables, Func<VariableDefinition, bool> isLeft)
    {
        foreach (var variable in variables)
            _variables[variable.Key] = variable;
        _isLeft = isLeft;
    }

    /// <param name="variables">The last of a key counts.</param>
    /// <param name="isLeft">Variables to which references stay as they are.</param>
    public static ExpandedVariables Expand(IEnumerable<VariableDefinition> variables, Func<VariableDefinition, bool> isLeft)
    {
        var expansion = new NestedExpansion(variables, isLeft);
        var error = expansion.Run();
        IEnumerable<VariableDefinition> outcome = error is null
            ? expansion._variables.Keys.Select(key => expansion._expanded[key])
            : expansion._variables.Values;
        return new ExpandedVariables([.. outcome], error);
    }

    /// <summary>Depth first with a stack of its own: a chain may be as long as the list.</summary>
    private string? Run()
    {
        foreach (var start in _variables.Keys)
        {
            if (_expanded.ContainsKey(start))
                continue;
            var open = new List<(string Key, Queue<string> References)> { (start, References(start)) };
            while (open.Count > 0)
            {
                var (key, references) = open[^1];
                if (references.TryDequeue(out var next))
                {
                    if (_expanded.ContainsKey(next))
                        continue;
                    var first = open.FindIndex(step => step.Key == next);
                    if (first >= 0)
                        return $"circular variable reference detected: [{string.Join(", ", open.Skip(first).Select(step => $"\"{step.Key}\""))}]";
                    open.Add((next, References(next)));
                    continue;
                }
                if (!TryReplace(_variables[key], out var value))
                    return $"variable {key} grows beyond {PipelineLimits.MaxExpandedWeight / (1024 * 1024)} MiB when it is expanded";
                _expanded[key] = _variables[key] with { Value = value };
                open.RemoveAt(open.Count - 1);
            }
        }
        return null;
    }

    private Queue<string> References(string key)
    {
        var variable = _variables[key];
        var references = new Queue<string>();
        if (variable.Raw)
            return references;
        foreach (Match match in VariableExpansion.ReferencePattern().Matches(variable.Value))
        {
            if (Referenced(match) is { } other)
                references.Enqueue(other.Key);
        }
        return references;
    }

    /// <returns>Null for what stays: two signs, an unknown name, a variable that the runner expands.</returns>
    private VariableDefinition? Referenced(Match match) =>
        match.Groups["key"] is { Success: true, Value: var key } && _variables.TryGetValue(key, out var other) && !_isLeft(other) ? other : null;

    private bool TryReplace(VariableDefinition variable, out string value)
    {
        value = variable.Value;
        if (!variable.Raw)
        {
            var replaced = new StringBuilder();
            var from = 0;
            foreach (Match match in VariableExpansion.ReferencePattern().Matches(variable.Value))
            {
                replaced.Append(variable.Value, from, match.Index - from);
                replaced.Append(Referenced(match) is { } other ? _expanded[other.Key].Value : match.Value);
                from = match.Index + match.Length;
                if (_length + replaced.Length > PipelineLimits.MaxExpandedWeight)
                    return false;
            }
            value = replaced.Append(variable.Value, from, variable.Value.Length - from).ToString();
        }
        _length += value.Length;
        return _length <= PipelineLimits.MaxExpandedWeight;
    }
}
