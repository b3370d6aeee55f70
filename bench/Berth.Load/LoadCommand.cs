using System.CommandLine;

namespace Berth.Load;

/// <summary>The command line of <c>berth-load</c>. Each scenario prints one line of JSON; a refusal by the registry ends it with an error.</summary>
internal static class LoadCommand
{
    private const int MiB = 1024 * 1024;

    private static readonly Argument<Uri> Url = new("url") { Description = "The registry's address, such as http://localhost:5050.", CustomParser = text => new Uri(text.Tokens[0].Value) };

    private static readonly Option<string> Repository = new("--repository") { Description = "The repository.", DefaultValueFactory = _ => "root/load" };

    private static readonly Option<string?> User = new("--user") { Description = "NAME:SECRET, with which tokens are fetched where the registry asks for them." };

    private static readonly Option<long> Size = new("--size") { Description = "Bytes of each blob; k, m and g are taken as 10^3, 10^6 and 2^30.", CustomParser = text => ParseSize(text.Tokens[0].Value), DefaultValueFactory = _ => MiB };

    private static readonly Option<int> Clients = new("--clients") { Description = "How many clients at once.", DefaultValueFactory = _ => 1 };

    private static readonly Option<double?> Seconds = new("--seconds") { Description = "How long to go on; else as often as --count says." };

    private static readonly Option<int> Count = new("--count") { Description = "How many operations in all.", DefaultValueFactory = _ => 1 };

    private static readonly Option<string> Tag = new("--tag") { Description = "The tag.", DefaultValueFactory = _ => "latest" };

    private static readonly Option<string?> Digest = new("--digest") { Description = "The blob to pull; without it one of --size is pushed first." };

    private static readonly Option<string> Path = new("--path") { Description = "What to ask for, below the repository: blobs/DIGEST, manifests/TAG.", Required = true };

    private static readonly Option<bool> Inline = new("--inline") { Description = "The sink answers on the one thread that waits for sockets: the most that GETs and HEADs get on two cores." };

    private static readonly Option<int> Port = new("--port") { Description = "Where the sink listens, on the loopback.", DefaultValueFactory = _ => 5060 };

    public static RootCommand Create()
    {
        var root = new RootCommand("Drives a registry and measures what it does; peers are driven by the same hand.");
        root.Subcommands.Add(Scenario("push", "Push unique random blobs as docker does: POST, chunked PATCH, PUT.", [Size, Clients, Seconds, Count], async (registry, parsed, cancel) =>
            Print(await PushScenario.Run(registry, parsed.GetValue(Size), Load(parsed), cancel))));
        root.Subcommands.Add(Scenario("pull", "Pull one blob again and again; its bytes are counted and thrown away.", [Size, Digest, Clients, Seconds, Count], async (registry, parsed, cancel) =>
            Print(await PullScenario.Run(registry, parsed.GetValue(Digest), parsed.GetValue(Size), Load(parsed), cancel))));
        root.Subcommands.Add(Scenario("head", "HEAD one address again and again, which wrk cannot; --count is for each client.", [Path, Clients, Seconds, Count], async (registry, parsed, cancel) =>
            Print(await HeadScenario.Run(registry, parsed.GetValue(Path)!, Load(parsed), cancel))));
        root.Subcommands.Add(Scenario("image", "Push an image of one small layer under a tag; prints its digests, for other tools to pull.", [Tag, Size], async (registry, parsed, cancel) =>
            Console.WriteLine(await ImagePush.Run(registry, parsed.GetValue(Tag)!, parsed.GetValue(Size), cancel))));
        root.Subcommands.Add(Scenario("token", "Print the Authorization header with which other tools reach the repository; empty where none is needed.", [], async (registry, _, _) =>
            Console.WriteLine(await registry.Authorization() is { } header ? $"Authorization: {header}" : "")));
        var sink = new Command("sink", "Answer every request as a registry that keeps nothing: the ceiling of this tool and of others.") { Port, Inline };
        sink.SetAction((parsed, cancel) => Sink.Run(parsed.GetValue(Port), parsed.GetValue(Inline), cancel));
        root.Subcommands.Add(sink);
        return root;
    }

    private static Command Scenario(string name, string description, Option[] options, Func<RegistryClient, ParseResult, CancellationToken, Task> run)
    {
        var command = new Command(name, description) { Url, Repository, User };
        foreach (var option in options)
            command.Options.Add(option);
        command.SetAction(async (parsed, cancel) =>
        {
            using var registry = new RegistryClient(parsed.GetValue(Url)!, parsed.GetValue(Repository)!, parsed.GetValue(User));
            await run(registry, parsed, cancel);
        });
        return command;
    }

    private static LoadShape Load(ParseResult parsed) =>
        new(parsed.GetValue(Clients), parsed.GetValue(Count), parsed.GetValue(Seconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null);

    private static void Print(LoadResult result) => Console.WriteLine(result.ToJson());

    private static long ParseSize(string text) => char.ToLowerInvariant(text[^1]) switch
    {
        'k' => long.Parse(text.AsSpan(..^1)) * 1000,
        'm' => long.Parse(text.AsSpan(..^1)) * 1_000_000,
        'g' => long.Parse(text.AsSpan(..^1)) << 30,
        _ => long.Parse(text),
    };
}
