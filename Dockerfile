# To pin the base, name it by its digest: docker build --build-arg NODE_IMAGE=node:24-slim@sha256:…
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build
COPY docker ./docker
RUN node docker/own-peers.mjs && npm prune --omit=dev

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="OAuth 2.0 client registry" \
  org.opencontainers.image.description="Creates OAuth 2.0 clients, hands out their secrets once, and tells authorization servers who a client is" \
  org.opencontainers.image.licenses="Apache-2.0"
# On all addresses of the container: so the service starts only with a choice in ADMIN_AUTH.
ENV NODE_ENV=production ADMIN_HOST=0.0.0.0 PUBLIC_HOST=0.0.0.0
WORKDIR /app
RUN mkdir data && chown node:node data
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE docker/health-check.sh ./
USER node
VOLUME /app/data
EXPOSE 4444 4445
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["/app/health-check.sh"]
CMD ["node", "--max-semi-space-size=32", "dist/service.js"]
