FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build
COPY docker ./docker
RUN node docker/own-peers.mjs && npm prune --omit=dev

FROM node:24-slim
ENV NODE_ENV=production ADMIN_HOST=0.0.0.0
WORKDIR /app
RUN mkdir data && chown node:node data
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
USER node
VOLUME /app/data
EXPOSE 4445
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "const { ADMIN_TLS_CERT, ADMIN_PORT } = process.env; const scheme = ADMIN_TLS_CERT ? 'https' : 'http'; require(scheme).get(`${scheme}://127.0.0.1:${ADMIN_PORT || 4445}/health/ready`, { rejectUnauthorized: false }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
CMD ["node", "dist/main.js"]
