using Berth.Server.Http;

namespace Berth.Server.Ci;

/// <summary>Variables that are given for one pipeline: each name once, of the form that a project's have.</summary>
internal static class GivenVariables
{
    public static (Dictionary<string, string> Variables, FieldRefusal? Refusal) Read(IEnumerable<(string Key, string Value)> given)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in given)
        {
            if (new CiVariable(key, value, Masked: false, Protected: false, Raw: false, IsFile: false).Refusal() is { } refusal)
                return (variables, new("variables", $"{refusal.Field} {refusal.Reason}"));
            if (!variables.TryAdd(key, value))
                return (variables, new("variables", $"have the name {key} twice"));
        }
        return (variables, null);
    }
}
