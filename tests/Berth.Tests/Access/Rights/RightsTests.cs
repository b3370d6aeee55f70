using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Berth.Tests.Harness;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Berth.Tests.Access.Rights;

/// <summary>Who may do what where: each cell of rights.txt, asked of the server over HTTP, of the registry by Basic and by registry token.</summary>
public sealed class RightsTests : IAsyncLifetime
{
    private const string Head = """
        Who may do what in a project. A letter stands for what is allowed:
          p pull  P push  D delete   in the registry, by Basic as by the token of /jwt/auth
          g fetch G push             with git
          r read  W change           the project, in the API
        In its place stands, of what is refused,
          -  what is refused with the reason
          .  what is answered as if there were nothing, since the caller may not see it
        The columns: the project's visibility, and below it container_registry_access_level. The roles are those in its group; of the token
        of a project or a group the bot's, of a job's token those of who started the job. A project that lets the job's in has it listed.


        """;

    private const string NewHead = """

        Who makes a project by pushing (P: an image, G: with git) to a name that is none yet
                                                                               own       another's group     group with
                                                                               namespace namespace without   push_creates_projects

        """;

    private static readonly string NoDigest = "sha256:" + new string('0', 64);

    // Of its own: what is public here would stand in others' lists.
    private readonly TestServer _server = new();

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Every_cell_of_the_table_of_rights_is_what_the_server_does()
    {
        var world = new RightsWorld(_server);
        await world.Make();
        var lines = new string[world.Callers.Count];
        var making = new string[world.Callers.Count];
        await Parallel.ForAsync(0, lines.Length, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, async (i, _) =>
        {
            lines[i] = await Line(world.Callers[i], world);
            making[i] = await MakingLine(world.Callers[i], world);
        });
        var text = new StringBuilder(Head);
        Append(text, world.Callers, lines, ColumnHeads());
        text.Append(NewHead);
        Append(text, world.Callers, making, "");
        Snapshot.Matches("tests/Berth.Tests/Access/rights.txt", text.ToString());
    }

    private static string ColumnHeads()
    {
        var first = string.Concat(RightsWorld.Visibilities.Select(visibility => $"{visibility,-27}"));
        var second = string.Concat(RightsWorld.Visibilities.Select(_ => string.Concat(RightsWorld.RegistryLevels.Select(level => $"{level,-9}"))));
        return $"{"",-74}{first.TrimEnd()}\n{"",-74}{second.TrimEnd()}\n";
    }

    private static void Append(StringBuilder text, List<RightsCaller> callers, string[] lines, string heads)
    {
        text.Append(heads);
        foreach (var (caller, line) in callers.Zip(lines).OrderBy(pair => callers.FindIndex(first => first.Credential == pair.First.Credential)))
            text.Append($"{caller.Credential,-25} {caller.Who,-13} {Short(caller.Scopes),-33} {line}".TrimEnd()).Append('\n');
    }

    private static string Short(string scopes) => scopes.Length <= 33 ? scopes : string.Join(' ', scopes.Split(' ').Select(scope => scope.Replace("registry", "reg", StringComparison.Ordinal).Replace("repository", "repo", StringComparison.Ordinal).Replace("_runner", "", StringComparison.Ordinal).Replace("self_", "", StringComparison.Ordinal)));

    private async Task<string> Line(RightsCaller caller, RightsWorld world)
    {
        var cells = new List<string>();
        var bearers = new Dictionary<string, string?>();
        foreach (var project in world.Projects)
        {
            var basic = caller.Basic(project);
            if (!bearers.TryGetValue(basic ?? "", out var bearer))
                bearers[basic ?? ""] = bearer = await Bearer(basic, [.. world.Projects.Where(other => caller.Basic(other) == basic).Select(other => other.Path)]);
            cells.Add(await Cell(project, basic, bearer));
        }
        return string.Join("  ", cells);
    }

    /// <summary>A token for all that is granted in the projects; null if there is none to be had.</summary>
    private async Task<string?> Bearer(string? basic, string[] paths)
    {
        var scopes = string.Concat(paths.Select(path => $"&scope=repository:{path}:pull,push,delete"));
        using var reply = await _server.Send(HttpMethod.Get, "/jwt/auth?service=container_registry" + scopes, basic: basic);
        if (reply.StatusCode == HttpStatusCode.Forbidden)
            return null;
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return (await reply.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("token").GetString();
    }

    private async Task<string> Cell(RightsProject project, string? basic, string? bearer)
    {
        var byToken = bearer is null ? null : await Registry(project, null, bearer);
        // Without a credential the registry protocol asks for a token before anything else.
        var registry = basic is null ? byToken ?? "..." : await Registry(project, basic, null);
        var granted = bearer is null ? [] : new JsonWebToken(bearer).GetPayloadValue<JsonElement>("access").EnumerateArray()
            .Where(access => access.GetProperty("name").GetString() == project.Path).SelectMany(access => access.GetProperty("actions").EnumerateArray()).Select(action => action.GetString()).ToList();
        var allowed = new[] { ('p', "pull"), ('P', "push"), ('D', "delete") }.Where(pair => registry.Contains(pair.Item1, StringComparison.Ordinal)).Select(pair => pair.Item2);
        Assert.Equal(allowed, granted);
        Assert.Equal(registry, byToken ?? registry);
        var fetch = await Ask(HttpMethod.Post, $"/{project.Path}.git/git-upload-pack", basic, 'g', HttpStatusCode.UnsupportedMediaType);
        var push = await Ask(HttpMethod.Post, $"/{project.Path}.git/git-receive-pack", basic, 'G', HttpStatusCode.UnsupportedMediaType);
        var read = await Ask(HttpMethod.Get, $"/api/v4/projects/{project.Id}", basic, 'r', HttpStatusCode.OK);
        var change = await Ask(HttpMethod.Put, $"/api/v4/projects/{project.Id}", basic, 'W', HttpStatusCode.BadRequest, new { visibility = "no such" });
        return $"{registry}{fetch}{push}{read}{change}";
    }

    /// <summary>Pull, push and delete. What is allowed is then refused for what it asks: no digest, and one that is not there.</summary>
    private async Task<string> Registry(RightsProject project, string? basic, string? bearer)
    {
        var name = $"/v2/{project.Path}";
        var pull = await Ask(HttpMethod.Get, $"{name}/manifests/latest", basic, 'p', HttpStatusCode.OK, bearer: bearer);
        var push = await Ask(HttpMethod.Post, $"{name}/blobs/uploads/?digest=none", basic, 'P', HttpStatusCode.BadRequest, bearer: bearer);
        var delete = await Ask(HttpMethod.Delete, $"{name}/blobs/{NoDigest}", basic, 'D', HttpStatusCode.NotFound, bearer: bearer);
        return $"{pull}{push}{delete}";
    }

    private async Task<char> Ask(HttpMethod method, string path, string? basic, char letter, HttpStatusCode allowed, object? body = null, string? bearer = null)
    {
        using var reply = await _server.Send(method, path, body is null ? null : JsonContent.Create(body), bearer: bearer, basic: basic);
        var text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (reply.StatusCode == allowed && !Hides(text))
            return letter;
        Assert.True(reply.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound, $"{method} {path}: {(int)reply.StatusCode} {text}");
        return Hides(text) ? '.' : '-';
    }

    /// <summary>By the words that are said as well of what does not exist.</summary>
    private static bool Hides(string text) => text.Contains("does not exist, or", StringComparison.Ordinal) || text.Contains("is in no project that", StringComparison.Ordinal)
        || text.Contains("is not of the project that", StringComparison.Ordinal) || text.Contains("is not in the group that", StringComparison.Ordinal)
        || text.Contains("404 Project Not Found", StringComparison.Ordinal);

    private async Task<string> MakingLine(RightsCaller caller, RightsWorld world)
    {
        var basic = caller.Basic(world.Projects[0]);
        var cells = new List<string>();
        foreach (var place in new[] { caller.Namespace, world.OthersPath, world.GroupPath, world.Creating })
            cells.Add(place is null ? $"{"",-9}" : $"{await MakesByImage(basic, place)}{await MakesByGit(basic, place),-8}");
        return string.Join(' ', cells).TrimEnd();
    }

    private async Task<char> MakesByImage(string? basic, string place) =>
        basic is null ? '.' : await Ask(HttpMethod.Post, $"/v2/{place}/p{Guid.NewGuid():N}/blobs/uploads/?digest=none", basic, 'P', HttpStatusCode.BadRequest);

    private Task<char> MakesByGit(string? basic, string place) =>
        Ask(HttpMethod.Post, $"/{place}/p{Guid.NewGuid():N}.git/git-receive-pack", basic, 'G', HttpStatusCode.UnsupportedMediaType);
}
