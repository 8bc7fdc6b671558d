export default {
  // The app is copied out of the repository; without this, Next looks for its root among the parent folders.
  turbopack: { root: import.meta.dirname },
};
