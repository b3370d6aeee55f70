using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Berth.Acceptance.Durability;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Operation;

/// <summary>How the program ends, and what it says where it can't begin: one line and an exit code, no stack trace.</summary>
public sealed class StartAndStopTests
{
    [Fact]
    public async Task SIGTERM_lets_a_running_push_end_and_takes_no_new_one()
    {
        await using var berth = await BerthProgram.Start();
        using var client = new OciClient(berth.Url, "root/hello");
        var bytes = RandomNumberGenerator.GetBytes(2_000_000);
        var location = await client.StartUpload();
        using var body = new HeldBody(bytes);
        var pushing = client.Send(HttpMethod.Patch, location, body);
        await body.HalfSent;

        var stopping = berth.Stop();
        await NotListening(berth);
        Assert.False(stopping.IsCompleted);
        body.SendRest();
        using var patched = await pushing;
        await OciClient.Expect(patched, HttpStatusCode.Accepted);
        Assert.Equal(0, await stopping);

        await berth.Restart();
        using var finished = await client.Finish(OciClient.Location(patched), OciClient.DigestOf(bytes));
        await OciClient.Expect(finished, HttpStatusCode.Created);
        Assert.Equal(0, await berth.Stop());
    }

    [Fact]
    public async Task Second_program_on_the_same_data_is_refused_and_the_first_goes_on()
    {
        await using var berth = await BerthProgram.Start();
        RefusedInOneLine(await berth.Verb("serve", $"--Urls=http://localhost:{BerthProgram.FreePort()}"), "another Berth is using", berth.DataDirectory);
        using var client = new OciClient(berth.Url, "root/hello");
        await client.PushImage("latest");
    }

    [Fact]
    public async Task Taken_port_is_told_with_the_setting_that_moves_it()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var berth = await BerthProgram.Start();
        Assert.Equal(0, await berth.Stop());
        RefusedInOneLine(await berth.Verb("serve", $"--Urls=http://127.0.0.1:{port}"), $"{port}", "address already in use", "Urls");
    }

    [Fact]
    public async Task All_but_the_data_directory_may_be_read_only()
    {
        await using var berth = await BerthProgram.StartOnReadOnlyRoot();
        // More in one transaction than SQLite keeps in memory of its own accord.
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async number =>
        {
            using var client = new OciClient(berth.Url, $"root/hello-{number}");
            await client.PushImage("latest");
        }));
        Assert.Equal(0, await berth.Stop());
    }

    [Fact]
    public async Task Data_directory_that_cannot_be_written_is_told()
    {
        await using var volume = await SmallVolume.Tmpfs(megabytes: 16);
        Directory.CreateDirectory(volume.Data);
        await using var berth = await BerthProgram.Start(dataDirectory: volume.Data);
        Assert.Equal(0, await berth.Stop());
        // Root may write everywhere but here.
        await volume.MakeReadOnly();
        RefusedInOneLine(await berth.Verb("serve"), "Read-only file system", volume.Data);
        // Any other user may not write to a folder of root's.
        await volume.MakeWritable();
        RefusedInOneLine(await berth.VerbAs("nobody", "serve"), "denied", volume.Data, "DataDirectory");
    }

    [Fact]
    public async Task Full_disk_at_the_start_is_told()
    {
        await using var volume = await SmallVolume.Tmpfs(megabytes: 16);
        await using var berth = await BerthProgram.Start(new Dictionary<string, string> { ["MinimumFreeSpace"] = "0" }, volume.Data);
        Assert.Equal(0, await berth.Stop());
        volume.FillUpTo(leave: 0);
        RefusedInOneLine(await berth.Verb("serve"), "database cannot be used", "disk");
        volume.Empty();
        await berth.Restart();
        Assert.Equal(0, await berth.Stop());
    }

    [Fact]
    public async Task Data_directory_with_too_long_a_path_is_told()
    {
        await using var berth = await BerthProgram.Start();
        var path = $"{berth.DataDirectory}/{new string('d', 100)}";
        RefusedInOneLine(await berth.Verb("serve", $"--DataDirectory={path}"), "too long", path);
    }

    [Fact]
    public async Task Fsck_of_a_folder_that_is_not_there_is_refused_and_makes_none()
    {
        await using var berth = await BerthProgram.Start();
        var wrong = $"{berth.DataDirectory}-misspelt";
        RefusedInOneLine(await berth.Verb("fsck", $"--DataDirectory={wrong}"), wrong);
        Assert.False(Directory.Exists(wrong));
    }

    [Fact]
    public async Task Program_that_was_moved_without_SQLites_library_says_what_belongs_beside_it()
    {
        var moved = Directory.CreateTempSubdirectory("berth-moved-");
        try
        {
            var alone = Path.Combine(moved.FullName, "berth");
            File.Copy(Checkout.Berth, alone);
            RefusedInOneLine(await Command.Run(alone, [$"--DataDirectory={moved.FullName}/data"]), "libe_sqlite3.so", "beside");
        }
        finally
        {
            moved.Delete(recursive: true);
        }
    }

    /// <summary>All that it printed is one line, which holds these words, and it ended with 1.</summary>
    private static void RefusedInOneLine(CommandResult result, params IEnumerable<string> words)
    {
        Assert.StartsWith("berth: ", result.Output, StringComparison.Ordinal);
        Assert.True(result.Output.TrimEnd('\n').Split('\n').Length == 1, result.Output);
        foreach (var word in words)
            Assert.Contains(word, result.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, result.ExitCode);
    }

    private static async Task NotListening(BerthProgram berth)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(IPAddress.Loopback, berth.Port, TestContext.Current.CancellationToken);
            }
            catch (SocketException)
            {
                return;
            }
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        Assert.Fail("berth still takes connections 10 s after SIGTERM");
    }
}
