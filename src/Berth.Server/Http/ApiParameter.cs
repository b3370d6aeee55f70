namespace Berth.Server.Http;

/// <summary>A parameter of the address that an endpoint of the REST API reads by itself: metadata of its route, for the API's document.</summary>
/// <param name="Name">As in the address.</param>
/// <param name="Description">What it means, its limits, and what holds without it.</param>
internal sealed record ApiParameter(string Name, string Description)
{
    /// <summary>What lists that are paged by number take.</summary>
    public static ApiParameter[] Paging { get; } =
    [
        new("page", "The page's number, from 1."),
        PerPage,
    ];

    /// <summary>What lists take of which each page says where the next begins.</summary>
    public static ApiParameter[] Keyset { get; } = [new("cursor", "Where the page before ended, as its Link says."), PerPage];

    public static ApiParameter PerPage => new("per_page", $"Entries a page: 1 to {RequestLimits.MaxApiPage}, 20 if not given.");
}
