using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Web;

/// <summary>A page to look at.</summary>
/// <param name="Route">The route's pattern, as tests/Berth.Tests/Snapshots/endpoints.txt has it.</param>
/// <param name="Name">Of its picture in docs/screenshots.</param>
/// <param name="Url">Its address, from the slash on.</param>
internal sealed record PageAddress(string Route, string Name, string Url)
{
    private const string SignIn = "/users/sign_in";

    /// <summary>Routes that answer a browser with something else than a page: files to keep, and a log as it grows.</summary>
    private static readonly string[] NoPages =
    [
        "/{project}/-/container_registry/{id:long}/manifests/{reference}/config",
        "/{project}/-/container_registry/{id:long}/manifests/{reference}/raw",
        "/{project}/-/jobs/{id:long}/log",
        "/{project}/-/jobs/{id:long}/raw",
    ];

    /// <summary>The patterns of all pages that there are.</summary>
    public static List<string> Routes() =>
    [
        .. File.ReadLines(Path.Combine(Checkout.Root, "tests/Berth.Tests/Snapshots/endpoints.txt"))
            .Select(line => line.Split(' ', 3))
            .Where(words => words is [_, "GET:", var rule] && (rule.StartsWith("page", StringComparison.Ordinal) || words[0] == SignIn))
            .Select(words => words[0])
            .Except(NoPages),
    ];
}
