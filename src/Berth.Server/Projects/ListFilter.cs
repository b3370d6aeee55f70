using Berth.Server.Access;
using Berth.Server.Http;

namespace Berth.Server.Projects;

/// <summary>What a list of groups or projects is asked for, as GitLab's parameters say it.</summary>
internal sealed record ListFilter(ApiPage Page)
{
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

    public static ListFilter Of(HttpRequest request, string order, bool descending)
    {
        var query = request.Query;
        bool Flag(string name) => ApiFlags.IsSet(query, name);
        AccessLevel? least = int.TryParse(query["min_access_level"], out var level) ? (AccessLevel)level : null;
        if (Flag("owned"))
            least = AccessLevel.Owner;
        else if (least is null && Flag("membership"))
            least = AccessLevel.Guest;
        return new ListFilter(ApiPage.Of(request))
        {
            Pattern = LikePattern.Holding(query["search"]),
            Least = least,
            Visibility = Words.TryParse<Visibility>(query["visibility"].ToString(), out var seen) ? seen : null,
            Order = query["order_by"].ToString() switch { "name" => "name", "path" => "path", "id" or "created_at" => "id", _ => order },
            Descending = query["sort"].ToString() switch { "asc" => false, "desc" => true, _ => descending },
            TopLevelOnly = Flag("top_level_only"),
            Subgroups = Flag("include_subgroups"),
        };
    }
}
