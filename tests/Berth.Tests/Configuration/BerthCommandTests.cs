using Berth.Server.Configuration;

namespace Berth.Tests.Configuration;

/// <summary>The command line as the operator types it.</summary>
public sealed class BerthCommandTests : IDisposable
{
    private readonly SettingsFixture _fixture = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly List<string> _ran = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("serve 1073741824")]
    [InlineData("serve 1073741824", "serve")]
    [InlineData("serve 5", "--MinimumFreeSpace=5")]
    [InlineData("serve 5", "--minimumfreespace", "5")]
    [InlineData("check 5", "check", "--MinimumFreeSpace=5")]
    [InlineData("check 5", "--MinimumFreeSpace=5", "check")]
    public async Task A_verb_runs_with_the_settings_that_stand_before_or_behind_it(string ran, params string[] args)
    {
        Assert.Equal(0, await Run(args));
        Assert.Equal(ran, Assert.Single(_ran));
        Assert.Empty(_error.ToString());
    }

    [Theory]
    [InlineData("berth: there is no verb 'serv'; did you mean serve?", "serv")]
    [InlineData("berth: there is no verb 'chek'; did you mean check?", "chek")]
    [InlineData("berth: there is no verb 'users'; the verbs are serve, check, version", "users")]
    [InlineData("berth: InitialRootPasword (command line): there is no such setting; did you mean InitialRootPassword?", "--InitialRootPasword=hunter2")]
    [InlineData("berth: InitialRootPasword (command line): there is no such setting; did you mean InitialRootPassword?", "--InitialRootPasword", "hunter2")]
    [InlineData("berth: InitialRootPasword (command line): there is no such setting; did you mean InitialRootPassword?", "check", "--InitialRootPasword=hunter2")]
    [InlineData("berth: there is an argument that belongs to no setting; put a value with spaces in quotes", "--InitialRootPassword", "correct horse", "hunter2")]
    [InlineData("berth: check takes fewer arguments; put a value with spaces in quotes", "check", "hunter2")]
    [InlineData("berth: InitialRootPassword (command line): its value is missing", "--InitialRootPassword")]
    [InlineData("berth: MinimumFreeSpace (command line): it is given twice", "--MinimumFreeSpace=1", "--MinimumFreeSpace=2")]
    [InlineData("berth: MinimumFreeSpace (command line): 'much' is no size; allowed are bytes or a number with KiB, MiB, GiB or TiB, such as 512MiB, or 0", "--MinimumFreeSpace=much")]
    public async Task Bad_usage_is_one_line_on_standard_error_and_exit_code_2(string line, params string[] args)
    {
        Assert.Equal(2, await Run(args));
        Assert.Equal(line + Environment.NewLine, _error.ToString());
        Assert.Empty(_ran);
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("version")]
    public async Task The_version_is_printed(string arg)
    {
        Assert.Equal(0, await Run(arg));
        Assert.Matches("^berth [0-9]+\\.[0-9]+\\.[0-9]+\\S*\\s$", _output.ToString());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("check", "--help")]
    public async Task The_help_lists_every_setting(params string[] args)
    {
        Assert.Equal(0, await Run(args));
        Assert.All(SettingDefinitions.All, definition => Assert.Contains("--" + definition.Name, _output.ToString()));
    }

    [Fact]
    public async Task A_value_may_begin_with_an_at_sign_or_hold_an_equals_sign()
    {
        _fixture.WriteFile("file", "wrong");
        Assert.Equal(0, await Run("--InitialRootPassword=@file=12345"));
        Assert.Equal("@file=12345", Assert.Single(_passwords));
    }

    [Fact]
    public async Task A_verb_that_a_signal_ends_exits_with_130()
    {
        using var stop = new CancellationTokenSource();
        var verb = new Verb("serve", "", async (_, _, cancelled) =>
        {
            await stop.CancelAsync();
            cancelled.ThrowIfCancellationRequested();
            return 0;
        });
        Assert.Equal(130, await BerthCommand.Run([], [verb], Surroundings, stop.Token));
    }

    private readonly List<string> _passwords = [];

    private ProcessSurroundings Surroundings => new(_output, _error, _fixture.Environment, _fixture.Directory);

    private Task<int> Run(params string[] args) => BerthCommand.Run(args, [Recorded("serve"), Recorded("check")], Surroundings, Cancel);

    private Verb Recorded(string name) => new(name, name, (settings, _, _) =>
    {
        _ran.Add($"{name} {settings.MinimumFreeSpace}");
        if (settings.InitialRootPassword is { } password)
            _passwords.Add(password.Reveal());
        return Task.FromResult(0);
    });
}
