using System.Net.Sockets;
using System.Text;
using Berth.Runner.Configuration;
using Berth.Runner.Coordinator;
using Berth.Runner.Engine;

namespace Berth.Tests.Runner;

/// <summary>An engine that takes a request and never answers holds nothing up.</summary>
public sealed class SilentEngineTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("berth-silent-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private string SocketPath => Path.Combine(_directory, "docker.sock");

    public SilentEngineTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
    }

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Clean_up_ends_with_its_time_and_says_that_something_is_left()
    {
        using var time = new CancellationTokenSource();
        var docker = new DockerSettings { Host = $"unix://{SocketPath}" };
        using var engine = EngineConnection.Open(docker);
        var runner = new RunnerEntry { Name = "tests", Url = "http://localhost", Token = "glrt-tests", Docker = docker };

        var removing = Leftovers.RemoveJob(engine, new JobIdentity(new Job { Id = 7 }, runner, "r_0123456789ab", 0, 0), time.Token);
        Assert.StartsWith("GET /containers/json?", await NextRequest(), StringComparison.Ordinal);
        await time.CancelAsync();

        Assert.Contains("did not answer in time", Assert.Single(await removing), StringComparison.Ordinal);
    }

    private async Task<string> NextRequest()
    {
        var connection = await _listener.AcceptAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[16 * 1024];
        var read = await connection.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        // Left open: closed, it would be an answer.
        return Encoding.ASCII.GetString(buffer, 0, read);
    }
}
