using System.CommandLine;
using Berth.Runner.Configuration;
using Berth.Runner.Coordinator;

namespace Berth.Runner.Commands;

/// <summary>
/// <c>register</c>: makes a runner known to its coordinator with a registration token, or takes one that exists by its
/// authentication token (<c>glrt-</c>), and writes it into config.toml.
/// </summary>
internal static class RegisterVerb
{
    private static readonly Option<string> Url = Text("--url", "The coordinator's address.", "CI_SERVER_URL", "-u");
    private static readonly Option<string> Token = Text("--token", "The runner's authentication token (glrt-…).", "CI_SERVER_TOKEN", "-t");
    private static readonly Option<string> RegistrationToken = Text("--registration-token", "A registration token, which makes a new runner.", "REGISTRATION_TOKEN", "-r");
    private static readonly Option<string> Name = Text("--name", "What the runner is called.", "RUNNER_NAME", "--description");
    private static readonly Option<string> Executor = Text("--executor", "docker, the only one.", "RUNNER_EXECUTOR");
    private static readonly Option<string> Image = Text("--docker-image", "The image of jobs that name none.", "DOCKER_IMAGE");
    private static readonly Option<string> HelperImage = Text("--docker-helper-image", "An image with sh and git.", "DOCKER_HELPER_IMAGE");
    private static readonly Option<string> Host = Text("--docker-host", "The engine, if not the usual one.", "DOCKER_HOST_REGISTER");
    private static readonly Option<bool> Privileged = new("--docker-privileged") { Description = "Run containers privileged, as Docker-in-Docker needs." };
    private static readonly Option<string[]> Volumes = new("--docker-volumes") { Description = "A volume of every container; may be repeated. /cache is added." };
    private static readonly Option<string[]> PullPolicies = new("--docker-pull-policy") { Description = "always, if-not-present or never; may be repeated." };
    private static readonly Option<string> CaFile = Text("--tls-ca-file", "Authorities to trust the coordinator by.", "CI_SERVER_TLS_CA_FILE");
    private static readonly Option<string> TagList = Text("--tag-list", "Tags, separated by commas.", "RUNNER_TAG_LIST");
    private static readonly Option<bool> RunUntagged = new("--run-untagged") { Description = "Take jobs without tags too." };
    private static readonly Option<bool> Locked = new("--locked") { Description = "Serve this project alone." };
    private static readonly Option<bool> Paused = new("--paused") { Description = "Take no jobs yet." };
    private static readonly Option<string> AccessLevel = Text("--access-level", "not_protected or ref_protected.", "REGISTER_ACCESS_LEVEL");
    private static readonly Option<int?> MaximumTimeout = new("--maximum-timeout") { Description = "The longest job, in seconds." };
    private static readonly Option<string> MaintenanceNote = Text("--maintenance-note", "A note for administrators.", "REGISTER_MAINTENANCE_NOTE");
    private static readonly Option<bool> NonInteractive = new("--non-interactive", "-n") { Description = "Ask nothing." };

    /// <summary>With an authentication token these are the coordinator's to say.</summary>
    private static readonly Option[] ServerOwned = [TagList, RunUntagged, Locked, Paused, AccessLevel, MaximumTimeout, MaintenanceNote];

    public static Command Command()
    {
        var command = new Command("register", "Make a runner known and write it into config.toml.")
        {
            Url, Token, RegistrationToken, Name, Executor, Image, HelperImage, Host, Privileged, Volumes, PullPolicies, CaFile,
            TagList, RunUntagged, Locked, Paused, AccessLevel, MaximumTimeout, MaintenanceNote, NonInteractive,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var asked = await Ask(parsed);
        var file = RunnerCommand.File(parsed);
        // A file that can't be read would be made worse, and the runner would be there without a use.
        if (file.Exists)
            await file.Read(cancellationToken);
        using var client = new CoordinatorClient(asked.Url, asked.CaFile);
        var registered = RunnerToken.IsAuthentication(asked.Token)
            ? await Verify(client, asked, file, parsed, cancellationToken)
            : await Register(client, asked, parsed, cancellationToken);
        try
        {
            await file.Append(ConfigWriter.Section(registered, TimeProvider.System.GetUtcNow()), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!RunnerToken.IsAuthentication(asked.Token))
                await client.Unregister(new RunnerIdentity(registered.Token, null), cancellationToken);
            throw new ConfigException($"{file.FullPath} can't be written, and the runner is not registered: {e.Message}");
        }
        Console.WriteLine($"Runner {RunnerToken.Short(registered.Token)} is registered in {file.FullPath}. berth-runner run serves it.");
        return 0;
    }

    private static async Task<RegisteredRunner> Verify(
        CoordinatorClient client, RegisteredRunner asked, ConfigFile file, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetResult(RegistrationToken) is null or { Implicit: true } && ServerOwned.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } owned)
            throw new ConfigException($"{owned.Name} belongs to the coordinator with an authentication token (glrt-…); set it there");
        var systemId = await SystemId.Load(file.FullPath, cancellationToken);
        var reply = await client.Verify(new RunnerIdentity(asked.Token, systemId, new RunnerInfo()), cancellationToken);
        return reply.Id != 0 ? asked with { Id = reply.Id, TokenExpiresAt = reply.TokenExpiresAt } : throw new CoordinatorException("Failed to verify the runner: the coordinator tells no id");
    }

    private static async Task<RegisteredRunner> Register(CoordinatorClient client, RegisteredRunner asked, ParseResult parsed, CancellationToken cancellationToken)
    {
        var tags = parsed.GetValue(TagList) ?? "";
        var reply = await client.Register(
            new Registration(asked.Token, new RunnerInfo())
            {
                Description = asked.Name,
                TagList = tags,
                // A runner without tags that takes no jobs without tags would take none.
                RunUntagged = parsed.GetValue(RunUntagged) || tags.Length == 0,
                Locked = parsed.GetValue(Locked),
                Paused = parsed.GetValue(Paused),
                AccessLevel = parsed.GetValue(AccessLevel) is { Length: > 0 } level ? level : null,
                MaximumTimeout = parsed.GetValue(MaximumTimeout),
                MaintenanceNote = parsed.GetValue(MaintenanceNote) is { Length: > 0 } note ? note : null,
            },
            cancellationToken);
        return reply.Token is { Length: > 0 } token
            ? asked with { Id = reply.Id, Token = token, TokenExpiresAt = reply.TokenExpiresAt }
            : throw new CoordinatorException("Failed to register the runner: the coordinator's answer holds no token");
    }

    private static async Task<RegisteredRunner> Ask(ParseResult parsed)
    {
        var mayAsk = !parsed.GetValue(NonInteractive) && !Console.IsInputRedirected;
        if (await Given(parsed, Executor, mayAsk: false, "", "docker") is not "docker" and var executor)
            throw new ConfigException($"there is no executor {executor}; berth-runner has docker only");
        var url = (await Given(parsed, Url, mayAsk, "The server's address (https://berth.example.com)", "")).TrimEnd('/');
        if (!CoordinatorClient.IsAddress(url))
            throw new ConfigException("--url must be an http or https address");
        var token = await Given(parsed, RegistrationToken, mayAsk: false, "", "");
        if (token.Length == 0)
            token = await Given(parsed, Token, mayAsk, "The runner's token", "");
        if (token.Length == 0)
            throw new ConfigException("--token is missing: the token of a runner (glrt-…), or --registration-token");
        return new RegisteredRunner(await Given(parsed, Name, mayAsk, "A name for the runner", Environment.MachineName), url, 0, token, null)
        {
            CaFile = parsed.GetValue(CaFile) is { Length: > 0 } ca ? Path.GetFullPath(ca) : "",
            Image = await Given(parsed, Image, mayAsk, "The image of jobs that name none", "docker:latest"),
            HelperImage = parsed.GetValue(HelperImage) ?? "",
            Host = parsed.GetValue(Host) ?? "",
            Privileged = parsed.GetValue(Privileged),
            Volumes = [.. (parsed.GetValue(Volumes) ?? []).Append("/cache").Distinct()],
            PullPolicies = parsed.GetValue(PullPolicies) ?? [],
        };
    }

    private static async Task<string> Given(ParseResult parsed, Option<string> option, bool mayAsk, string question, string otherwise)
    {
        if (parsed.GetValue(option) is { Length: > 0 } given)
            return given;
        if (!mayAsk)
            return otherwise;
        Console.Write(otherwise.Length > 0 ? $"{question} [{otherwise}]: " : $"{question}: ");
        return await Console.In.ReadLineAsync() is { Length: > 0 } answer ? answer.Trim() : otherwise;
    }

    private static Option<string> Text(string name, string description, string variable, params string[] aliases) => new(name, aliases)
    {
        Description = $"{description} (or {variable})",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(variable) ?? "",
    };
}
