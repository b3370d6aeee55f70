using System.Text.RegularExpressions;
using Berth.Server.Http;

namespace Berth.Server.Ci;

/// <summary>A project's variable. Protected ones are for jobs on protected refs alone.</summary>
internal sealed partial record CiVariable(string Key, string Value, bool Masked, bool Protected, bool Raw, bool IsFile)
{
    public const int MaxKey = 255;

    /// <summary>GitLab masks values from 8 characters on, without white space: shorter ones would riddle the log.</summary>
    private const int LeastMasked = 8;

    /// <summary>Why it cannot be kept so; null if it can.</summary>
    public FieldRefusal? Refusal()
    {
        if (Key.Length > MaxKey || !KeyPattern().IsMatch(Key))
            return new("key", $"can contain only letters, digits and '_', at most {MaxKey}");
        if (Value.Length > CiVariables.MaxValueLength)
            return new("value", $"is too long (maximum is {CiVariables.MaxValueLength} characters)");
        return Masked && (Value.Length < LeastMasked || Value.Any(char.IsWhiteSpace))
            ? new("value", $"cannot be masked: at least {LeastMasked} characters without white space are")
            : null;
    }

    public JobVariable ToJobVariable() => new(Key, Value, Public: false, Masked: Masked, File: IsFile, Raw: Raw);

    /// <summary>Never the value, whoever prints it.</summary>
    public override string ToString() => $"{Key}=***";

    [GeneratedRegex(@"^[A-Za-z0-9_]+\z")]
    private static partial Regex KeyPattern();
}
