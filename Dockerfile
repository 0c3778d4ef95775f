# One image, several programs: `api`, `worker`, `simulator` and `migrate` differ by their command.
FROM node:20.20.2-slim AS build
WORKDIR /herald
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:20.20.2-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /herald
COPY --from=build /herald/package.json ./
COPY --from=build /herald/node_modules ./node_modules
COPY --from=build /herald/dist ./dist
USER node
EXPOSE 3000
CMD ["node", "--enable-source-maps", "dist/src/main.js"]
