using System.Text.Json;
using Berth.Server.Access;
using Berth.Server.Access.Accounts;
using Berth.Server.Access.Audit;
using Berth.Server.Access.Login;
using Berth.Server.Access.Pages;
using Berth.Server.Access.Places;
using Berth.Server.Access.Registry;
using Berth.Server.Access.Tokens;
using Berth.Server.Ci;
using Berth.Server.Configuration;
using Berth.Server.Database;
using Berth.Server.Distribution;
using Berth.Server.Git;
using Berth.Server.Http;
using Berth.Server.Http.Tls;
using Berth.Server.Images;
using Berth.Server.Lifecycle;
using Berth.Server.OpenApi;
using Berth.Server.Operation;
using Berth.Server.Projects;
using Berth.Server.Storage;
using Berth.Server.Web;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Metrics;

namespace Berth.Server;

/// <summary>Puts the server together: what exists, in which order requests pass, and which routes there are.</summary>
internal static class BerthServer
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Builds the server on an opened data directory, while its database opens: each takes some 150 ms of a start.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="data">The data directory, locked by the caller.</param>
    /// <param name="opening">The database, at this program's schema. The server closes it, the caller where none came to be.</param>
    /// <param name="storage">Where blobs are.</param>
    /// <param name="time">The clock.</param>
    public static async Task<WebApplication> Build(BerthSettings settings, DataDirectory data, Task<MetadataDatabase> opening, IBlobStorage storage, TimeProvider time)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var console = new ConsoleLines(Console.OpenStandardOutput(), TimeProvider.System);
        ConfigureLogging(builder.Logging);
        // By a factory, so that the server ends it, and writes its last lines, when it is disposed.
        builder.Services.AddSingleton<ILoggerProvider>(_ => console);
        using var startLogs = LoggerFactory.Create(logging => ConfigureLogging(logging.AddProvider(console)));
        var certificate = ServerCertificate.Create(settings, time, startLogs.CreateLogger<ServerCertificate>());
        var box = new SecretBox(settings.SecretsKey ?? data.SecretsKey());
        var loading = Task.Run(async () => await SigningKeys.Load(await opening, box, time));
        // Known before anything asks for them.
        MetadataDatabase? database = null;
        SigningKeys? keys = null;
        AddServices(builder.Services, settings, time);
        if (certificate is not null)
            builder.Services.AddSingleton(certificate);
        builder.Services.AddSingleton(_ => database!).AddSingleton(_ => keys!).AddSingleton(storage).AddSingleton(data).AddSingleton(box);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.UseKestrelCore().UseSockets(sockets =>
        {
            TransportMemory.Bound(sockets);
            InlineAnswers.HandOn(sockets);
        }).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            RequestLimits.Apply(kestrel.Limits);
            kestrel.ConfigureEndpointDefaults(listen =>
            {
                LastToken.Remember(listen);
                InlineAnswers.Remember(listen);
            });
            kestrel.ListenOn(settings.Urls, certificate);
            kestrel.ListenUnixSocket(AdminSocketEndpoints.Prepare(data));
        });
        // In place of Kestrel's, which would win over one that was there before it.
        builder.Services.RemoveAll<IMemoryPoolFactory<byte>>().AddSingleton<TransportMemory>().AddSingleton<IMemoryPoolFactory<byte>>(provider => provider.GetRequiredService<TransportMemory>());
        var app = builder.Build();
        UsePipeline(app, settings);
        MapRoutes(app, certificate);
        try
        {
            (database, keys) = (await opening, await loading);
            await app.Services.GetRequiredService<UploadSessions>().SettleAll();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private static void AddServices(IServiceCollection services, BerthSettings settings, TimeProvider time)
    {
        services.AddRouting();
        services.AddSingleton(settings).AddSingleton(time);
        services.AddSingleton<Passwords>().AddSingleton<AccessMetrics>().AddSingleton<LoginFailures>().AddSingleton<LoginThrottle>().AddSingleton<RateLimits>().AddSingleton<LiveCredentials>().AddSingleton<ProjectCredentials>().AddSingleton<Credentials>().AddSingleton<RegistryTokens>().AddSingleton<ImageTargets>()
            .AddSingleton<RegistryDecisions>().AddSingleton<AccessSubjects>().AddSingleton<Repositories>().AddSingleton<Challenge>().AddSingleton<Users>().AddSingleton<ProjectRows>().AddSingleton<GroupRows>().AddSingleton<DeployTokens>();
        services.AddSingleton<AuditLog>().AddHostedService<AuditRetention>().AddHostedService<KeyRotation>();
        services.AddSingleton<RouteAliases>().AddHostedService(provider => provider.GetRequiredService<RouteAliases>());
        services.AddSingleton<AccessTokens>().AddSingleton<AccessTokenList>().AddSingleton<TokenRotation>().AddSingleton<TokenLifetimes>().AddSingleton<TokenFamilies>().AddSingleton<OwnedTokens>().AddSingleton<JobTokenScopes>().AddSingleton<TokenUses>();
        services.AddHostedService(provider => provider.GetRequiredService<TokenUses>());
        services.AddSingleton<Sessions>().AddSingleton<PageAuthorizer>().AddSingleton<ApiAuthorizer>();
        services.AddCi();
        services.AddImages();
        ApiDocument.AddTo(services);
        services.AddLifecycle();
        services.AddWeb();
        services.AddSingleton<ProjectStore>().AddSingleton<ProjectTrash>().AddSingleton<ProjectList>().AddSingleton<PlaceContents>().AddSingleton<ProjectMoves>().AddSingleton<GroupStore>().AddSingleton<GroupMoves>().AddSingleton<Members>().AddSingleton<ApiLists>().AddSingleton<NamespaceList>();
        services.AddSingleton<GitDecisions>().AddSingleton<GitAuthorizer>().AddSingleton<GitMetrics>().AddSingleton<GitRepositories>().AddSingleton<GitProcesses>()
            .AddSingleton<RefMoves>().AddSingleton<RefMoveSettler>().AddSingleton<GitHousekeeper>().AddSingleton<Pushes>();
        services.AddHostedService(provider => provider.GetRequiredService<RefMoveSettler>());
        services.AddHostedService(provider => provider.GetRequiredService<GitHousekeeper>());
        services.AddSingleton<DistributionMetrics>().AddSingleton<Leases>().AddSingleton<Blobs>().AddSingleton<UploadSessions>().AddSingleton<RegistryMounts>()
            .AddSingleton<Manifests>().AddSingleton<ManifestContents>().AddSingleton<Tags>().AddSingleton<Referrers>().AddSingleton<Catalog>().AddSingleton<ImageFacts>();
        services.AddHostedService(provider => provider.GetRequiredService<ImageFacts>());
        services.AddSingleton<TagRemovals>().AddHostedService(provider => provider.GetRequiredService<TagRemovals>());
        // Only where no other process has the database.
        services.AddSingleton(provider => new HeldUploads(
            provider.GetRequiredService<MetadataDatabase>().Generation is null ? null : provider.GetRequiredService<DataDirectory>().HeldUploads));
        services.AddHostedService<UploadExpiry>();
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            options.SerializerOptions.Converters.Add(new ApiFlags.Converter());
        });
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddOpenTelemetry().WithMetrics(metrics =>
        {
            metrics.AddMeter(AccessMetrics.MeterName, DistributionMetrics.MeterName, GitMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime").AddPrometheusExporter();
            // Room is taken for all series of each instrument at once, 180 KB for the 2,000 that are usual. Only requests have so many: of route, method and status.
            metrics.AddView(instrument => instrument.Name == "http.server.request.duration" ? null : new MetricStreamConfiguration { CardinalityLimit = 100 });
            if (settings.MetricsOtlpEndpoint is { } endpoint)
                metrics.AddOtlpExporter(exporter => exporter.Endpoint = endpoint);
        });
    }

    private static void UsePipeline(WebApplication app, BerthSettings settings)
    {
        app.Use(InlineAnswers.Middleware);
        if (settings.TrustedProxies.Count > 0)
        {
            // Every hop that is one of our proxies is passed over; the first that is not is the client.
            var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in settings.TrustedProxies)
                forwarded.KnownIPNetworks.Add(network);
            app.UseForwardedHeaders(forwarded);
        }
        app.Use(ApiContentType.Middleware);
        app.UseMiddleware<Faults>();
        app.Use(TransferCodings.Middleware);
        app.UseMiddleware<RegistryHostFilter>();
        app.Use(RepositoryPath.Middleware);
        // All that the registry asks for is made once: a scope of services for each of its requests would be made and disposed for nothing.
        app.Use((context, next) =>
        {
            if (RepositoryPath.IsOf(context.Request))
                context.RequestServices = app.Services;
            return next(context);
        });
        // The registry passes by what looks at pages, git and the REST API: a tenth of all that is done for a manifest.
        app.UseWhen(context => !RepositoryPath.IsOf(context.Request), others =>
        {
            others.UseMiddleware<ErrorPages>();
            others.Use(GitPath.Middleware);
            others.Use(PagePath.Middleware);
            others.Use(ApiForms.SetAside);
        });
        app.UseRouting();
        app.UseMiddleware<Authorizer>();
        app.Use(RateLimits.Middleware);
        app.Use(ApiForms.Middleware);
    }

    private static void MapRoutes(WebApplication app, ServerCertificate? certificate)
    {
        app.MapPing();
        app.MapBlobs();
        app.MapUploads();
        app.MapManifests();
        app.MapTags();
        app.MapReferrers();
        app.MapCatalog();
        app.MapTokens();
        app.MapUsers();
        app.MapAuditEvents();
        app.MapPersonalTokens();
        app.MapSelfTokens();
        app.MapImpersonationTokens();
        app.MapOwnedTokens();
        app.MapRegistryAccess();
        app.MapProjects();
        app.MapGroups();
        app.MapMembers();
        app.MapTransfers();
        app.MapNamespaces();
        app.MapApiDocument();
        app.MapDeployTokens();
        app.MapJobTokenScopes();
        app.MapImages();
        app.MapLifecycle();
        app.MapCi();
        app.MapGit();
        app.MapWeb();
        app.MapHealth(certificate);
        app.MapVersion();
        app.MapAdminSocket();
    }

    private static void ConfigureLogging(ILoggingBuilder logging) => logging
        .AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning).AddFilter("Berth", LogLevel.Information)
        // A start that fails is told by Operator in one line; here it would be told a second time, with its stack.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical)
        // It says nothing above Information, but to know that it is heard at all makes it keep an activity and a scope for each request.
        .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
}
