namespace Berth.Server.Http;

/// <summary>
/// Parameters of an address of which each takes some words only. Any other is refused in GitLab's words, and with those that are taken.
/// </summary>
internal sealed class QueryWords(IQueryCollection query)
{
    /// <summary>What <c>sort</c> takes.</summary>
    public static readonly string[] Directions = ["asc", "desc"];

    private readonly List<string> _refused = [];

    /// <summary>What to answer when a parameter that was read holds none of its words; null if all do.</summary>
    public IResult? Refusal => _refused.Count == 0 ? null : ApiError.BadRequest(string.Join(", ", _refused));

    /// <summary>The word; null if the parameter is missing, empty or refused.</summary>
    public string? One(string name, ReadOnlySpan<string> known)
    {
        if (query[name].ToString() is not { Length: > 0 } word)
            return null;
        if (known.Contains(word))
            return word;
        _refused.Add($"{name} does not have a valid value (one of {string.Join(", ", known)})");
        return null;
    }
}
