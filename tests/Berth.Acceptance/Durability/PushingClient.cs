using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Durability;

/// <summary>
/// Pushes image after image in all ways until its connection is cut, keeps a ledger of what was acknowledged, and holds the server
/// to it when it is back.
/// </summary>
internal sealed class PushingClient(string url, string repository, int seed) : IDisposable
{
    private readonly OciClient _client = new(url, repository);
    private readonly Random _random = new(seed);
    private readonly HashSet<string> _blobs = [];
    private readonly HashSet<string> _manifests = [];
    private readonly Dictionary<string, string> _tags = [];

    /// <summary>By tag the manifests that were put after the acknowledged one, without an answer.</summary>
    private readonly Dictionary<string, List<string>> _unanswered = [];
    private readonly List<string> _fresh = [];
    private PendingUpload? _pending;

    /// <summary>How many blobs and manifests were acknowledged.</summary>
    public int Count => _blobs.Count + _manifests.Count;

    /// <summary>How many uploads were taken up again behind their first byte.</summary>
    public int Resumed { get; private set; }

    /// <summary>Ends when the server is gone; fails on any answer that is not as it should be.</summary>
    /// <param name="shared">Blobs that other clients push as well.</param>
    public async Task PushUntilCut(IReadOnlyList<byte[]> shared)
    {
        try
        {
            await Resume();
            while (true)
                await PushImage(shared);
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or SocketException)
        {
            // The server was killed: the next start shows whether it kept its word.
        }
    }

    /// <summary>Takes up the upload that was cut off: all that was acknowledged of it must be there.</summary>
    public async Task Resume()
    {
        if (_pending is not { Location: { } location } upload)
            return;
        using (var status = await _client.Send(HttpMethod.Get, location))
        {
            if (!(upload.FinishSent && status.StatusCode == HttpStatusCode.NotFound))
            {
                await OciClient.Expect(status, HttpStatusCode.NoContent);
                var received = ReceivedOf(status, upload);
                Assert.True(received >= upload.Acknowledged && received <= upload.Content.Length,
                    $"{upload.Acknowledged} of {upload.Content.Length} bytes were acknowledged, the status tells {received} ({upload.Way}, PUT sent: {upload.FinishSent}).");
                Resumed += received > 0 ? 1 : 0;
                (upload.Acknowledged, upload.Location) = (received, OciClient.Location(status));
            }
            else
            {
                // It was finished, and only the answer was lost: the same PUT again is the same success.
                upload.Acknowledged = upload.Content.Length;
            }
        }
        await Complete(upload);
    }

    /// <summary>Pulls what was acknowledged since the last time (or ever), and follows each tag.</summary>
    public async Task Verify(bool everything)
    {
        foreach (var tag in _tags.Keys.Union(_unanswered.Keys).ToList())
            await VerifyTag(tag);
        _unanswered.Clear();
        var paths = everything ? _blobs.Select(blob => $"blobs/{blob}").Concat(_manifests.Select(manifest => $"manifests/{manifest}")).ToList() : _fresh;
        foreach (var path in paths)
            await _client.PullWhole(path, path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..]);
        _fresh.Clear();
    }

    public void Dispose() => _client.Dispose();

    private async Task PushImage(IReadOnlyList<byte[]> shared)
    {
        var config = OciClient.NewConfig();
        await PushBlob(config);
        var layers = new List<byte[]>();
        for (var count = _random.Next(1, 4); layers.Count < count;)
            layers.Add(_random.Next(4) == 0 ? shared[_random.Next(shared.Count)] : NewLayer());
        foreach (var layer in layers)
            await PushBlob(layer);
        var json = OciClient.Manifest((OciClient.DigestOf(config), config.Length), layers.Select(layer => (OciClient.DigestOf(layer), (long)layer.Length)));
        await PutManifest($"t{_random.Next(5)}", json);
    }

    private async Task PutManifest(string tag, string json)
    {
        var digest = OciClient.DigestOf(Encoding.UTF8.GetBytes(json));
        if (!_unanswered.TryAdd(tag, [digest]))
            _unanswered[tag].Add(digest);
        using var reply = await _client.PutManifest(tag, json);
        await OciClient.Expect(reply, HttpStatusCode.Created);
        _tags[tag] = digest;
        _unanswered.Remove(tag);
        _manifests.Add(digest);
        _fresh.Add($"manifests/{digest}");
    }

    /// <summary>A tag leads to what was acknowledged last, or to what was on its way when the server was killed.</summary>
    private async Task VerifyTag(string tag)
    {
        var acknowledged = _tags.GetValueOrDefault(tag);
        using var reply = await _client.Send(HttpMethod.Get, $"manifests/{tag}");
        if (acknowledged is null && reply.StatusCode == HttpStatusCode.NotFound)
            return;
        await OciClient.Expect(reply, HttpStatusCode.OK);
        var found = reply.Headers.GetValues("Docker-Content-Digest").Single();
        if (found == acknowledged)
            return;
        Assert.Contains(found, _unanswered.GetValueOrDefault(tag, []));
        _tags[tag] = found;
        _manifests.Add(found);
    }

    private async Task PushBlob(byte[] content)
    {
        var upload = _pending = new PendingUpload(content, (PushWay)_random.Next(4));
        if (upload.Way == PushWay.SinglePost)
        {
            using var reply = await _client.Send(HttpMethod.Post, $"blobs/uploads/?digest={upload.Digest}", OciClient.Bytes(content));
            await OciClient.Expect(reply, HttpStatusCode.Created);
            Acknowledge(upload);
            return;
        }
        upload.Location = await _client.StartUpload();
        await Complete(upload);
    }

    /// <summary>Sends what the server has not acknowledged yet, in the upload's way, and ends it.</summary>
    private async Task Complete(PendingUpload upload)
    {
        var rest = upload.Content.AsMemory(upload.Acknowledged);
        if (upload.Way == PushWay.Streamed && rest.Length > 0)
        {
            using var content = new PacedContent(rest, _random.Next(3) == 0 ? TimeSpan.FromMilliseconds(_random.Next(20)) : TimeSpan.Zero);
            await Patch(upload, content, rest.Length);
            rest = default;
        }
        while (upload.Way == PushWay.Chunked && rest.Length > 2 && _random.Next(4) > 0)
        {
            var length = _random.Next(2, rest.Length + 1);
            using var content = OciClient.Bytes(rest[..length]);
            content.Headers.TryAddWithoutValidation("Content-Range", $"{upload.Acknowledged}-{upload.Acknowledged + length - 1}");
            await Patch(upload, content, length);
            rest = rest[length..];
        }
        upload.FinishSent = true;
        using var reply = await _client.Finish(upload.Location!, upload.Digest, rest.Length > 0 ? OciClient.Bytes(rest) : null);
        await OciClient.Expect(reply, HttpStatusCode.Created);
        Acknowledge(upload);
    }

    private async Task Patch(PendingUpload upload, HttpContent content, int length)
    {
        using var reply = await _client.Send(HttpMethod.Patch, upload.Location!, content);
        await OciClient.Expect(reply, HttpStatusCode.Accepted);
        upload.Acknowledged += length;
        upload.Location = OciClient.Location(reply);
        Assert.Equal(upload.Acknowledged, ReceivedOf(reply, upload));
    }

    private void Acknowledge(PendingUpload upload)
    {
        _pending = null;
        if (_blobs.Add(upload.Digest))
            _fresh.Add($"blobs/{upload.Digest}");
    }

    /// <summary>From the header Range, which is inclusive; 0-0 is an empty upload as well, and no chunk here has one byte.</summary>
    private static int ReceivedOf(HttpResponseMessage reply, PendingUpload upload)
    {
        var last = int.Parse(reply.Headers.GetValues("Range").Single().Split('-')[1], CultureInfo.InvariantCulture);
        return last == 0 && upload.Content.Length != 1 ? 0 : last + 1;
    }

    /// <summary>Mostly small as configs are, sometimes empty, sometimes some MB.</summary>
    private byte[] NewLayer()
    {
        var length = _random.Next(10) switch
        {
            0 => 0,
            <= 5 => _random.Next(2, 20_000),
            <= 8 => _random.Next(20_000, 300_000),
            _ => _random.Next(300_000, 4_000_000),
        };
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }
}
