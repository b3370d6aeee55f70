using Berth.Server.Configuration;

namespace Berth.Tests.Configuration;

/// <summary>Settings whose value must reach neither messages nor logs.</summary>
public sealed class SecretSettingsTests : IDisposable
{
    private readonly SettingsFixture _fixture = new();

    public static TheoryData<string, string> BadSecrets => new()
    {
        { "InitialRootPassword", "hunter2" },
        { "InitialRootToken", "hunter2 hunter2 hunter2 hunter2" },
        { "Database__ConnectionString", "Username=root;Password=hunter2" },
        { "SecretsKey", "hunter2" },
    };

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [MemberData(nameof(BadSecrets))]
    public void A_bad_secret_is_refused_without_being_repeated(string name, string value)
    {
        HidesSecret(_fixture.Refusal($"--{name}={value}"), $"{name} (command line): ");
        HidesSecret(_fixture.Json($$"""{ "{{name}}": "{{value}}" }""").Refusal(), $"{name} (berth.json): ");
        _fixture.Json("{}").Variable("BERTH_" + name, value);
        HidesSecret(_fixture.Refusal(), $"{name} (environment variable BERTH_{name}): ");
    }

    [Theory]
    [MemberData(nameof(BadSecrets))]
    public void A_bad_secret_of_a_file_is_refused_with_the_file(string name, string value)
    {
        _fixture.WriteFile("secret", value);
        HidesSecret(_fixture.Refusal($"--{name}_FILE=secret"), $"{name} (command line, file secret): ");
    }

    [Fact]
    public void A_secret_may_only_be_in_one_place()
    {
        _fixture.WriteFile("secret", "correct horse battery");
        _fixture.Variable("BERTH_InitialRootPassword", "hunter2hunter2");
        HidesSecret(_fixture.Refusal("--InitialRootPassword_FILE=secret"), "InitialRootPassword (environment variable BERTH_InitialRootPassword): InitialRootPassword_FILE (command line) is given too");
    }

    [Theory]
    [InlineData("correct horse battery", "correct horse battery")]
    [InlineData("correct horse battery\n", "correct horse battery")]
    [InlineData("correct horse battery\r\n", "correct horse battery")]
    [InlineData("correct horse battery\n\n", "correct horse battery\n")]
    [InlineData(" correct horse battery ", " correct horse battery ")]
    [InlineData("\ufeffcorrect horse battery", "correct horse battery")]
    public void A_file_gives_its_text_without_the_newline_at_its_end(string content, string password)
    {
        _fixture.WriteFile("secret", content);
        _fixture.Variable("BERTH_InitialRootPassword_FILE", "secret");
        Assert.Equal(password, _fixture.Load().InitialRootPassword!.Reveal());
    }

    [Theory]
    [InlineData("missing", null, "can't be read")]
    [InlineData(".", null, "can't be read")]
    [InlineData("empty", "", "is empty")]
    [InlineData("newline", "\n", "is empty")]
    public void A_file_that_gives_nothing_stops_the_start(string name, string? content, string problem)
    {
        if (content is not null)
            _fixture.WriteFile(name, content);
        var message = _fixture.Refusal($"--SecretsKey_FILE={name}");
        Assert.StartsWith("SecretsKey_FILE (command line): the file ", message);
        Assert.Contains(problem, message);
    }

    [Theory]
    [InlineData(64 * 1024, true)]
    [InlineData(64 * 1024 + 1, false)]
    public void A_file_over_64_KiB_is_the_wrong_one(int length, bool taken)
    {
        _fixture.WriteFile("secret", new string('x', length));
        if (taken)
            Assert.Equal(length, _fixture.Load("--InitialRootPassword_FILE=secret").InitialRootPassword!.Reveal().Length);
        else
            Assert.Contains("larger than 64 KiB", _fixture.Refusal("--InitialRootPassword_FILE=secret"));
    }

    [Fact]
    public void Every_secret_is_given_by_a_file_as_well()
    {
        _fixture.WriteFile("password", "correct horse battery\n");
        _fixture.WriteFile("token", "glpat-12345678901234\n");
        _fixture.WriteFile("database", "Host=db\n");
        _fixture.WriteFile("key", Convert.ToBase64String(new byte[32]) + "\n");
        var settings = _fixture.Json("""{ "Database": { "ConnectionString_FILE": "database" }, "SecretsKey_FILE": "key" }""")
            .Load("--InitialRootPassword_FILE=password", "--InitialRootToken_FILE", "token");
        Assert.Equal("correct horse battery", settings.InitialRootPassword!.Reveal());
        Assert.Equal("glpat-12345678901234", settings.InitialRootToken!.Reveal());
        Assert.Equal("Host=db", settings.DatabaseConnectionString!.Reveal());
        Assert.Equal(new byte[32], settings.SecretsKey);
        Assert.Equal(4, SettingDefinitions.All.Count(definition => definition.IsSecret));
    }

    private static void HidesSecret(string message, string start)
    {
        Assert.StartsWith(start, message);
        Assert.DoesNotContain("hunter2", message);
    }
}
