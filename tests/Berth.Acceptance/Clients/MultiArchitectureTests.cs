using System.Text.Json;
using Berth.Acceptance.Harness;

namespace Berth.Acceptance.Clients;

/// <summary>An image for two architectures, put together by docker manifest and by buildah; each client pulls the one it is asked for.</summary>
public sealed class MultiArchitectureTests(Engine engine)
{
    private static readonly string[] Architectures = ["amd64", "arm64"];

    [Fact]
    public async Task List_by_docker_manifest_pulls_by_platform_with_docker_and_podman()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        var image = $"{berth.Registry}/root/multi/docker";
        await LogIn(workstation, berth);
        foreach (var architecture in Architectures)
        {
            var context = await Context(workstation, architecture);
            await Run(workstation, $"DOCKER_BUILDKIT=1 docker build --quiet --platform linux/{architecture} --tag {image}:{architecture} {context} && docker push {image}:{architecture} && docker rmi {image}:{architecture}");
        }
        await Run(workstation, $"docker manifest create --insecure {image}:1 {image}:amd64 {image}:arm64");
        var digest = (await Run(workstation, $"docker manifest push --insecure --purge {image}:1")).Trim();
        await AssertPlatforms(workstation, $"docker manifest inspect --insecure {image}@{digest}", "application/vnd.docker.distribution.manifest.list.v2+json");
        await AssertBothPull(workstation, $"{image}:1");
    }

    [Fact]
    public async Task Index_by_buildah_manifest_pulls_by_platform_with_docker_and_podman()
    {
        await using var berth = await BerthProgram.Start();
        using var workstation = new Workstation(engine);
        var image = $"{berth.Registry}/root/multi/buildah";
        await LogIn(workstation, berth);
        await Run(workstation, "buildah manifest create two-of-it");
        foreach (var architecture in Architectures)
        {
            var context = await Context(workstation, architecture);
            await Run(workstation, $"container=$(buildah from --arch {architecture} scratch) && buildah copy $container {context}/architecture /architecture && buildah config --arch {architecture} --cmd none $container && buildah commit --rm --manifest two-of-it $container");
        }
        await Run(workstation, $"buildah manifest push --all --digestfile {workstation.Home}/digest two-of-it docker://{image}:1");
        await Run(workstation, "buildah manifest rm two-of-it");
        await AssertPlatforms(workstation, $"buildah manifest inspect {image}:1", "application/vnd.oci.image.index.v1+json");
        await AssertBothPull(workstation, $"{image}:1");
    }

    private static async Task AssertPlatforms(Workstation workstation, string inspect, string mediaType)
    {
        using var index = JsonDocument.Parse(await Run(workstation, inspect));
        Assert.Equal(mediaType, index.RootElement.GetProperty("mediaType").GetString());
        Assert.Equal(Architectures, index.RootElement.GetProperty("manifests").EnumerateArray().Select(entry => entry.GetProperty("platform").GetProperty("architecture").GetString()));
    }

    /// <summary>The file of the image tells whose it is; so does the config that the client shows.</summary>
    private static async Task AssertBothPull(Workstation workstation, string image)
    {
        foreach (var client in new[] { "docker", "podman" })
        {
            foreach (var architecture in Architectures)
            {
                await Run(workstation, $"{client} pull --platform linux/{architecture} {image}");
                Assert.Equal($"linux/{architecture}\n", await Run(workstation, $"{client} image inspect --format '{{{{.Os}}}}/{{{{.Architecture}}}}' {image}"));
                Assert.Equal($"{architecture}\n", await Run(workstation, $"container=$({client} create --pull never --platform linux/{architecture} {image}) && {client} cp $container:/architecture copy && cat copy && {client} rm $container >/dev/null"));
                await Run(workstation, $"{client} rmi {image}");
            }
            (await workstation.Run($"{client} pull --platform linux/s390x {image}")).FailedWith("s390x");
        }
    }

    private static async Task LogIn(Workstation workstation, BerthProgram berth)
    {
        await workstation.TakePlainHttpFrom(berth.Registry);
        foreach (var client in new[] { "docker", "podman" })
            (await workstation.Run($"{client} login -u root --password-stdin {berth.Registry}", BerthProgram.RootToken)).Succeeded();
    }

    /// <summary>A folder to build from, whose one file names the architecture.</summary>
    private static async Task<string> Context(Workstation workstation, string architecture)
    {
        var context = Directory.CreateDirectory(Path.Combine(workstation.Home, architecture)).FullName;
        await File.WriteAllTextAsync($"{context}/architecture", $"{architecture}\n");
        await File.WriteAllTextAsync($"{context}/Dockerfile", "FROM scratch\nCOPY architecture /architecture\nCMD [\"none\"]\n");
        return context;
    }

    private static async Task<string> Run(Workstation workstation, string line) => (await workstation.Run($"cd {workstation.Home} && {line}")).Succeeded();
}
