using System.Net;
using Berth.Server.Configuration;
using Berth.Server.Operation;
using Berth.Tests.Harness;

namespace Berth.Tests.Operation;

/// <summary>The operator's verbs on a data directory, beside a running server and alone.</summary>
public sealed class OperatorTests : IAsyncLifetime
{
    private static readonly SemaphoreSlim Console = new(1);

    private TestServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartOwn();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public void Data_directory_is_locked_by_one_at_a_time()
    {
        Assert.False(_server.Data.IsLocked);
        using (_server.Data.Lock())
        {
            Assert.True(_server.Data.IsLocked);
            Assert.Contains(_server.Data.Path, Assert.Throws<OperatorException>(() => _server.Data.Lock()).Message, StringComparison.Ordinal);
        }
        using var again = _server.Data.Lock();
    }

    [Fact]
    public async Task Root_password_is_reset_through_the_socket_of_a_running_server()
    {
        using var held = _server.Data.Lock();
        var (code, output) = await Run(() => RootPassword.ResetVerb(_server.Settings, Cancel));
        Assert.Equal(0, code);
        await AssertOnlyPassword(output.Trim());
    }

    [Fact]
    public async Task Root_password_is_reset_alone_where_no_server_runs()
    {
        await _server.Stop();
        await File.WriteAllTextAsync(_server.Settings.InitialRootPasswordFile, "of the first start", Cancel);
        var (code, output) = await Run(() => RootPassword.ResetVerb(_server.Settings, Cancel));
        Assert.Equal(0, code);
        Assert.False(File.Exists(_server.Settings.InitialRootPasswordFile));
        await _server.Start();
        await AssertOnlyPassword(output.Trim());
    }

    [Fact]
    public async Task Check_tells_what_is_right()
    {
        var (_, output) = await Run(() => Check.Verb(_server.Settings, Cancel));
        Assert.Contains("ok    settings: ", output, StringComparison.Ordinal);
        Assert.Contains($"ok    database: {_server.Database.Dialect.Name}, schema up to date, SecretsKey opens it", output, StringComparison.Ordinal);
        Assert.Contains("ok    storage: ", output, StringComparison.Ordinal);
        Assert.Empty(await _server.Storage.ListUploads().ToListAsync(Cancel));
    }

    [Fact]
    public async Task Check_finds_a_key_that_does_not_open_the_database()
    {
        await File.WriteAllTextAsync(Path.Join(_server.Data.Path, "secrets.key"), Convert.ToBase64String(new byte[32]), Cancel);
        var (code, output) = await Run(() => Check.Verb(_server.Settings, Cancel));
        Assert.Equal(1, code);
        Assert.Contains("wrong database: The database was written under another SecretsKey", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_that_does_not_open_the_database_is_a_bad_setting()
    {
        await File.WriteAllTextAsync(Path.Join(_server.Data.Path, "secrets.key"), Convert.ToBase64String(new byte[32]), Cancel);
        var fault = await Assert.ThrowsAsync<SettingsException>(() => RotateKeys.Verb(_server.Settings, Cancel));
        Assert.StartsWith("The database was written under another SecretsKey: give that one", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verbs_that_look_at_data_make_no_directory_where_there_is_none()
    {
        var nowhere = Settings($"--DataDirectory={Path.Join(_server.Data.Path, "nowhere")}");
        Func<Task<int>>[] verbs = [() => Check.Verb(nowhere, Cancel), () => Fsck.Verb(nowhere, Cancel), () => RootPassword.ResetVerb(nowhere, Cancel)];
        foreach (var verb in verbs)
            Assert.Contains($"there is no {nowhere.DataDirectory}: start berth once", (await Assert.ThrowsAsync<OperatorException>(verb)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(nowhere.DataDirectory));
    }

    [Fact]
    public void Database_that_does_not_answer_is_named_by_its_setting()
    {
        var unreachable = Settings("--Database__ConnectionString=Host=127.0.0.1;Port=1;Username=berth");
        var fault = Assert.Throws<OperatorException>(() => Databases.Open(unreachable, _server.Data));
        Assert.StartsWith("the database of Database__ConnectionString cannot be used: Failed to connect to 127.0.0.1:1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_of_the_data_directory_is_its_owner_s_alone() =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Join(_server.Data.Path, "secrets.key")));

    private static BerthSettings Settings(params string[] args) => BerthSettings.Load(args, new Dictionary<string, string>(), Path.GetTempPath());

    private async Task AssertOnlyPassword(string password)
    {
        using var good = await _server.Send(HttpMethod.Get, "/v2/", basic: $"root:{password}");
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        using var old = await _server.Send(HttpMethod.Get, "/v2/", basic: $"root:{TestServer.RootPassword}");
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
    }

    /// <summary>A verb with what it prints. The console is one for all, so one verb runs at a time.</summary>
    private static async Task<(int Code, string Output)> Run(Func<Task<int>> verb)
    {
        await Console.WaitAsync(Cancel);
        var (before, output) = (System.Console.Out, new StringWriter());
        System.Console.SetOut(TextWriter.Synchronized(output));
        try
        {
            return (await verb(), output.ToString());
        }
        finally
        {
            System.Console.SetOut(before);
            Console.Release();
        }
    }
}
