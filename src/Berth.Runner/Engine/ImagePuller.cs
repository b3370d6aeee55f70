using Berth.Runner.Configuration;
using Berth.Runner.Trace;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Berth.Runner.Engine;

/// <summary>Gets a job's images by its pull policies, each image once a job.</summary>
internal sealed class ImagePuller(DockerClient engine, DockerSettings settings, PullCredentials credentials, JobLog log, TimeProvider time)
{
    private const int Attempts = 3;

    private static readonly string[] Permanent =
        ["not found", "denied", "unauthorized", "no basic auth", "manifest unknown", "x509", "HTTP response to HTTPS client", "invalid reference", "no matching manifest"];

    private readonly Dictionary<(string Image, string Platform), ImageInspectResponse> _pulled = [];

    /// <param name="image">As written in the job or the settings.</param>
    /// <param name="asked">The policies that the job asks for; null for the runner's.</param>
    /// <exception cref="JobFailure">No policy gave the image.</exception>
    public Task<ImageInspectResponse> Get(string image, IReadOnlyList<string>? asked, string platform, CancellationToken cancellationToken) =>
        GetBy(Policies(asked), image, platform, cancellationToken);

    /// <summary>The helper's image; the default one is pulled only when it is missing.</summary>
    public Task<ImageInspectResponse> GetHelper(string image, bool isDefault, CancellationToken cancellationToken) =>
        GetBy(isDefault ? ["if-not-present"] : Policies(null), image, "", cancellationToken);

    private async Task<ImageInspectResponse> GetBy(IReadOnlyList<string> policies, string image, string platform, CancellationToken cancellationToken)
    {
        if (_pulled.TryGetValue((image, platform), out var known))
            return known;
        if (!ImageReference.TryParse(image, out var reference))
            throw new JobFailure($"invalid image name \"{image}\"", FailureReasons.Configuration);
        var error = "";
        foreach (var policy in policies)
        {
            try
            {
                var found = await Get(image, reference, policy, platform, cancellationToken);
                var digest = found.RepoDigests is [var first, ..] ? $" with digest {first}" : "";
                log.Line($"Using docker image {found.ID} for {image}{digest} ...");
                return _pulled[(image, platform)] = found;
            }
            catch (Exception e) when (e is DockerApiException or PullException)
            {
                error = Message(e);
                log.Warning($"Failed to pull image with policy \"{policy}\": {error}");
            }
        }
        throw new JobFailure($"failed to pull image \"{image}\" with specified policies [{string.Join(' ', policies)}]: {error}", FailureReasons.ImagePull);
    }

    private IReadOnlyList<string> Policies(IReadOnlyList<string>? asked)
    {
        IReadOnlyList<string> configured = settings.PullPolicies.Count > 0 ? settings.PullPolicies : ["always"];
        if (asked is not { Count: > 0 })
            return configured;
        var allowed = settings.AllowedPullPolicies.Count > 0 ? settings.AllowedPullPolicies : configured;
        return asked.All(allowed.Contains) ? asked : throw new JobFailure(
            $"the configured PullPolicies ([{string.Join(' ', asked)}]) are not allowed by AllowedPullPolicies ([{string.Join(' ', allowed)}])", FailureReasons.Configuration);
    }

    private async Task<ImageInspectResponse> Get(string image, ImageReference reference, string policy, string platform, CancellationToken cancellationToken)
    {
        if (policy != "always" && await Local(image, cancellationToken) is { } local)
        {
            log.Line($"Using locally found image version due to \"{policy}\" pull policy");
            return local;
        }
        if (policy == "never")
            throw new PullException($"image {image} is not on the engine");
        await Pull(image, reference, platform, cancellationToken);
        return await Local(image, cancellationToken) ?? throw new PullException($"image {image} was pulled but is not on the engine");
    }

    private async Task Pull(string image, ImageReference reference, string platform, CancellationToken cancellationToken)
    {
        var auth = await credentials.Find(reference, cancellationToken);
        if (auth is not null)
            log.Line($"Authenticating with credentials from {auth.Source}");
        log.Line($"Pulling docker image {image} ...");
        using var counting = log.Times.Begin(TimeUse.Pull);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await PullOnce(image, reference, platform, auth, cancellationToken);
                return;
            }
            catch (Exception e) when (e is DockerApiException or PullException or HttpRequestException && attempt < Attempts && IsTransient(Message(e)))
            {
                log.Warning($"Pulling {image} failed and is tried again: {Message(e)}");
                await Task.Delay(TimeSpan.FromSeconds(attempt * 2), time, cancellationToken);
            }
        }
    }

    private async Task PullOnce(string image, ImageReference reference, string platform, RegistryAuth? auth, CancellationToken cancellationToken)
    {
        var parameters = new ImagesCreateParameters
        {
            FromImage = reference.Registry == ImageReference.DockerHub && !image.StartsWith(reference.Registry, StringComparison.OrdinalIgnoreCase)
                ? reference.Path.StartsWith("library/", StringComparison.Ordinal) && !image.Contains('/') ? reference.Path["library/".Length..] : reference.Path
                : reference.Location,
            // With both, the digest decides.
            Tag = reference.Digest.Length > 0 ? reference.Digest : reference.Tag.Length > 0 ? reference.Tag : "latest",
            Platform = platform.Length > 0 ? platform : null,
        };
        var login = auth is null ? new AuthConfig() : new AuthConfig
        {
            Username = auth.Username,
            Password = auth.Password,
            IdentityToken = auth.IdentityToken.Length > 0 ? auth.IdentityToken : null,
            ServerAddress = reference.Registry == ImageReference.DockerHub ? "https://index.docker.io/v1/" : reference.Registry,
        };
        // The status is 200 even when the pull fails: the stream says how it went.
        var progress = new PullProgress();
        await engine.Images.CreateImageAsync(parameters, login, progress, cancellationToken);
        if (progress.Error is { } error)
            throw new PullException(error);
    }

    private async Task<ImageInspectResponse?> Local(string image, CancellationToken cancellationToken)
    {
        try
        {
            return await engine.Images.InspectImageAsync(image, cancellationToken);
        }
        catch (DockerImageNotFoundException)
        {
            return null;
        }
    }

    private static bool IsTransient(string message) => !Permanent.Any(words => message.Contains(words, StringComparison.OrdinalIgnoreCase));

    private static string Message(Exception e) => EngineMessage.Of(e);

    private sealed class PullException(string message) : Exception(message);

    private sealed class PullProgress : IProgress<JSONMessage>
    {
        public string? Error { get; private set; }

        public void Report(JSONMessage value) => Error ??= value.Error?.Message;
    }
}
