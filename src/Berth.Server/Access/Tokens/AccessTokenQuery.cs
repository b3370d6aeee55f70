using System.Collections.Frozen;
using System.Globalization;
using Berth.Server.Database;
using Berth.Server.Http;

namespace Berth.Server.Access.Tokens;

/// <summary>The filters of a list of access tokens, from the query of its address: GitLab's names.</summary>
internal static class AccessTokenQuery
{
    private static readonly FrozenSet<string> Sorts = FrozenSet.ToFrozenSet(
        ["created_asc", "created_desc", "expires_asc", "expires_desc", "last_used_asc", "last_used_desc", "name_asc", "name_desc"], StringComparer.Ordinal);

    /// <summary>The filter, or the refusal of one that cannot be read.</summary>
    public static (AccessTokenFilter? Filter, IResult? Refusal) Read(IQueryCollection query)
    {
        var bad = new List<string>();
        var filter = new AccessTokenFilter(Number(query, "user_id", bad))
        {
            Revoked = Flag(query, "revoked", bad),
            Active = Word(query, "state", bad, ("active", true), ("inactive", false)),
            Search = Text(query, "search"),
            CreatedAfter = Time(query, "created_after", bad),
            CreatedBefore = Time(query, "created_before", bad),
            ExpiresAfter = Time(query, "expires_after", bad),
            ExpiresBefore = Time(query, "expires_before", bad),
            LastUsedAfter = Time(query, "last_used_after", bad),
            LastUsedBefore = Time(query, "last_used_before", bad),
            Sort = Text(query, "sort"),
        };
        if (filter.Sort is { } sort && !Sorts.Contains(sort))
            bad.Add("sort");
        return bad.Count == 0 ? (filter, null) : (null, ApiError.BadRequest(string.Join(", ", bad.Select(name => $"{name} does not have a valid value"))));
    }

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    private static long? Number(IQueryCollection query, string name, List<string> bad)
    {
        if (Text(query, name) is not { } text)
            return null;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            bad.Add(name);
        return number;
    }

    private static bool? Flag(IQueryCollection query, string name, List<string> bad)
    {
        if (Text(query, name) is not { } text)
            return null;
        if (ApiFlags.Parse(text) is { } flag)
            return flag;
        bad.Add(name);
        return null;
    }

    private static bool? Word(IQueryCollection query, string name, List<string> bad, params (string Word, bool Value)[] known)
    {
        if (Text(query, name) is not { } text)
            return null;
        foreach (var (word, value) in known)
        {
            if (word == text)
                return value;
        }
        bad.Add(name);
        return null;
    }

    private static long? Time(IQueryCollection query, string name, List<string> bad)
    {
        if (Text(query, name) is not { } text)
            return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            return Clock.Micros(time);
        bad.Add(name);
        return null;
    }
}
