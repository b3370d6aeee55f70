using System.Globalization;
using Berth.Server.Access;
using Berth.Server.Http;

namespace Berth.Server.Projects;

/// <summary>What a list of groups or projects is asked for, as GitLab's parameters say it.</summary>
internal sealed record ListFilter(ApiPage Page)
{
    /// <summary>GitLab's. Those that nothing here is counted for leave the list in its own order.</summary>
    private static readonly string[] Orders =
    [
        "id", "name", "path", "created_at", "updated_at", "last_activity_at", "star_count", "similarity",
        "repository_size", "storage_size", "packages_size", "wiki_size",
    ];

    private static readonly string[] Visibilities = [.. Enum.GetValues<Visibility>().Select(value => Words.Of(value))];

    /// <summary>The roles of <see cref="AccessLevel"/>, and GitLab's planner between guest and reporter.</summary>
    private static readonly string[] Levels = ["10", "15", "20", "30", "40", "50"];

    /// <summary>A pattern of LIKE; empty for all.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>Only what the caller has at least this role in; null also shows what is open to the caller without one.</summary>
    public AccessLevel? Least { get; init; }

    public Visibility? Visibility { get; init; }

    /// <summary>'name', 'path' or 'id'.</summary>
    public string Order { get; init; } = "id";

    public bool Descending { get; init; }

    /// <summary>Of groups only those from this path on, in small letters; empty for all.</summary>
    public string From { get; init; } = "";

    public bool TopLevelOnly { get; init; }

    /// <summary>The group whose subgroups or projects are asked for; 0 for all.</summary>
    public long Within { get; init; }

    public bool Subgroups { get; init; }

    /// <summary>Whether all are counted; otherwise only as far as to know that more follow the page.</summary>
    public bool IsCounted { get; init; } = true;

    /// <summary>The filter of a list that comes in this order unless told, or the refusal of one that cannot be read.</summary>
    public static (ListFilter? Filter, IResult? Refusal) Read(HttpRequest request, string order, bool descending)
    {
        var query = request.Query;
        bool Flag(string name) => ApiFlags.IsSet(query, name);
        var words = new QueryWords(query);
        AccessLevel? least = words.One("min_access_level", Levels) is { } level ? (AccessLevel)int.Parse(level, CultureInfo.InvariantCulture) : null;
        if (Flag("owned"))
            least = AccessLevel.Owner;
        else if (least is null && Flag("membership"))
            least = AccessLevel.Guest;
        var filter = new ListFilter(ApiPage.Of(request))
        {
            Pattern = LikePattern.Holding(query["search"]),
            Least = least,
            Visibility = words.One("visibility", Visibilities) is { } word && Words.TryParse<Visibility>(word, out var seen) ? seen : null,
            Order = words.One("order_by", Orders) switch { "name" => "name", "path" => "path", "id" or "created_at" => "id", _ => order },
            Descending = words.One("sort", QueryWords.Directions) switch { "asc" => false, "desc" => true, _ => descending },
            TopLevelOnly = Flag("top_level_only"),
            Subgroups = Flag("include_subgroups"),
        };
        return words.Refusal is { } refusal ? (null, refusal) : (filter, null);
    }
}
